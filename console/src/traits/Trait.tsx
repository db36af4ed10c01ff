import { Button, Group } from "@mantine/core";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { Chart, Code, ConfirmDialog, done, Failed, Loading, Page, Section, Tag, useFormat, When } from "../parts";
import type { ChartLook, ChartOption } from "../parts/echarts";
import { useTold } from "../record/overview/Value";
import { useShape, useTrait } from "./data";
import type { Detail } from "./data";
import { Backfill } from "./Traits";
import classes from "./Traits.module.css";

/** One trait: its definition, who rests on it, and how customers are spread over its values. */
export default function Trait() {
  const { t } = useTranslation("traits");
  const { may } = useSession();
  const { name = "" } = useParams();
  if (!may("traits")) return <Denied title={t("title")} />;
  return <Asked key={name} name={name} />;
}

function Asked({ name }: { name: string }) {
  const { t } = useTranslation("traits");
  const format = useFormat();
  const { data, error, refetch } = useTrait(name);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  const trait = data?.trait;
  return (
    <Page title={trait?.title || name.replaceAll("_", " ")} documentTitle={t("one")} above={<Link to="/traits">← {t("title")}</Link>} beside={trait && <><Backfill trait={trait} />{trait.built_in && <Tag>{t("builtIn")}</Tag>}</>} actions={data && <Acts detail={data} />}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {trait && (
        <>
          {trait.definition.trim() !== "" && <Section title={t("definition")}><Code text={trait.definition.trim()} language="yaml" /></Section>}
          {trait.used_by.length > 0 && <p className={classes.quiet}>{t("usedBy", { names: format.list(trait.used_by.map((each) => each.replaceAll("_", " "))) })}</p>}
          <Spread detail={data} />
        </>
      )}
    </Page>
  );
}

function Acts({ detail: { trait } }: { detail: Detail }) {
  const { t } = useTranslation("traits");
  const { may } = useSession();
  const navigate = useNavigate();
  const { count, drop } = useShape();
  const [asking, ask] = useState(false);
  const remove = async () => {
    await drop.mutateAsync(trait.name);
    done(t("removed", { name: trait.title || trait.name }));
    await navigate("/traits");
  };
  return (
    <Group gap="xs">
      {may("define") && !trait.built_in && <Button variant="default" loading={count.isPending} onClick={() => count.mutate(trait.name, { onSuccess: () => done(t("counted")) })}>{t("count")}</Button>}
      {may("shape") && !trait.built_in && (
        <>
          <Button variant="default" onClick={() => ask(true)}>{t("remove")}</Button>
          <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={remove} title={t("removeAsk", { name: trait.title || trait.name })} confirm={t("remove")} consequences={[t("removeThen")]} danger />
        </>
      )}
    </Group>
  );
}

function Spread({ detail: { distribution } }: { detail: Detail }) {
  const { t } = useTranslation("traits");
  const format = useFormat();
  const tell = useTold();
  const bars = distribution?.histogram?.length
    ? distribution.histogram.map(({ low, high, count }) => ({ name: low === high ? tell(low) : `${tell(low)}–${tell(high)}`, count }))
    : (distribution?.common ?? []).map(({ value, count }) => ({ name: tell(value), count }));
  const key = JSON.stringify(bars);
  const option = useCallback((look: ChartLook): ChartOption => ({
    animation: false,
    grid: { left: 8, right: 8, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {},
    xAxis: { type: "category", data: bars.map(({ name }) => name), axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", minInterval: 1, axisLabel: { formatter: format.compact } },
    series: [{ type: "bar", name: t("distribution.customers"), data: bars.map(({ count }) => count), itemStyle: { color: look.accent } }],
  }), [key, format, t]); // eslint-disable-line react-hooks/exhaustive-deps
  if (distribution === null) return <p className={classes.quiet}>{t("distribution.none")}</p>;
  const table = [[t("distribution.value"), t("distribution.customers")], ...bars.map(({ name, count }) => [name, format.number(count)])];
  return (
    <Section title={t("distribution.title")} description={<>{t("distribution.says", { known: format.number(distribution.known), of: format.number(distribution.of) })} <When at={distribution.as_of} /></>}>
      <Chart option={option} label={t("distribution.label")} table={table} empty={bars.length === 0} />
    </Section>
  );
}
