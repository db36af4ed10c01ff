import { Button, Menu } from "@mantine/core";
import { IconCopy, IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { Chart, ConfirmDialog, Failed, Loading, Page, Section, Tag, undoable, useFormat } from "../parts";
import type { ChartLook, ChartOption } from "../parts/echarts";
import classes from "./Actions.module.css";
import { called, LONGER, NOBODY, tryOf, useAction, useDefine } from "./data";
import type { Action as Shown, ActionWhole, Supposed } from "./data";
import type { Kind } from "./draft";
import { Falls } from "./Falls";
import { Previews } from "./Previews";
import { Said } from "./Said";
import { Stock } from "./Stock";
import { Versions } from "./Versions";

/** One action: what it is in plain words, what it earned, why it is not shown. */
export default function Action() {
  const { t } = useTranslation("actions");
  const { may } = useSession();
  const { name = "" } = useParams();
  if (!may("actions")) return <Denied title={t("title")} />;
  return <Asked key={name} name={name} />;
}

function Asked({ name }: { name: string }) {
  const { t } = useTranslation("actions");
  const { data, error, refetch } = useAction(name);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  const action = data?.action;
  return (
    <Page
      title={action ? called(action) : t("one")} documentTitle={t("one")} above={<Link to="/actions">← {t("title")}</Link>} actions={action && <Acts action={action} />}
      beside={action && <span className={classes.tags}><Tag>{t(`kind.${action.kind as Kind}`)}</Tag><Tag tone={action.valid === "now" ? "ok" : action.valid === "later" ? "info" : "watch"}>{t(`valid.${action.valid}`)}</Tag></span>}
    >
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={8} />}
      {data && action && (
        <>
          <Figures whole={data} />
          <div className={classes.two}>
            <div className={classes.column}>
              <Section title={t("said")}><Said definition={action.definition} placements={action.placements} fallbackOf={action.fallback_of} /></Section>
              <Falls falls={data.falls} />
              {data.days.length > 0 && <Days whole={data} />}
              <Places whole={data} />
              {action.sku && <Stock sku={action.sku} />}
              <Versions of="actions" name={name} definition={action.definition} />
            </div>
            <Section title={t("preview.title")}><Contents action={action} /></Section>
          </div>
        </>
      )}
    </Page>
  );
}

function Figures({ whole: { action, falls } }: { whole: ActionWhole }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const { earned } = action;
  const share = (part: number) => (earned.shown > 0 ? ` ${format.share(part / earned.shown)}` : "");
  return (
    <dl className={classes.figures}>
      <div><dt>{t("column.shown")}</dt><dd data-figure>{format.number(earned.shown)}</dd></div>
      <div><dt>{t("column.clicked")}</dt><dd data-figure>{format.number(earned.clicked)}<small>{share(earned.clicked)}</small></dd></div>
      <div><dt>{t("column.dismissed")}</dt><dd data-figure>{format.number(earned.dismissed)}<small>{share(earned.dismissed)}</small></dd></div>
      <div><dt>{t("column.accepted")}</dt><dd data-figure>{format.number(earned.accepted)}<small>{share(earned.accepted)}</small></dd></div>
      <div><dt>{t("column.margin")}</dt><dd data-figure>{format.money(earned.margin)}</dd></div>
      <div><dt>{t("column.chosen")}</dt><dd data-figure>{falls.decisions > 0 ? format.share(falls.chosen / falls.decisions, 0) : "–"}</dd></div>
    </dl>
  );
}

function Acts({ action }: { action: Shown }) {
  const { t } = useTranslation("actions");
  const { may } = useSession();
  const navigate = useNavigate();
  const { put, drop } = useDefine("actions");
  const [asking, ask] = useState(false);
  if (!may("shape")) return null;
  const { name, definition } = action;
  const remove = async () => {
    await drop.mutateAsync(name);
    undoable(t("removed", { name: called(action) }), () => put.mutateAsync({ name, definition }));
    await navigate("/actions");
  };
  return (
    <>
      <Button component={Link} to={`/actions/${name}/edit`} variant="default" leftSection={<IconPencil size={16} />}>{t("edit")}</Button>
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" px="xs" aria-label={t("more")}><IconDots size={16} /></Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} component={Link} to="/actions/new" state={{ copy: definition }}>{t("copy")}</Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => ask(true)}>{t("remove")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={remove} title={t("removeAsk", { name: called(action) })} confirm={t("remove")} consequences={[t("removeThen"), t("removeKept")]} danger />
    </>
  );
}

function Days({ whole: { days } }: { whole: ActionWhole }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const option = useCallback((look: ChartLook): ChartOption => ({
    animation: false,
    grid: { left: 8, right: 8, top: 28, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10 },
    tooltip: {},
    xAxis: { type: "category", data: days.map(({ day }) => format.date(day, { day: "numeric", month: "short", timeZone: "UTC" })) },
    yAxis: { type: "value", minInterval: 1 },
    series: [
      { type: "bar", barMaxWidth: 28, name: t("column.shown"), data: days.map(({ earned }) => earned.shown), itemStyle: { color: look.series[2] ?? look.accent } },
      { type: "bar", barMaxWidth: 28, name: t("column.won"), data: days.map(({ earned }) => earned.won), itemStyle: { color: look.accent } },
    ],
  }), [days, format, t]);
  const table = [[t("day"), t("column.shown"), t("column.won"), t("column.margin")], ...days.map(({ day, earned }) => [day, String(earned.shown), String(earned.won), earned.margin])];
  return <Section title={t("days", { count: LONGER })}><Chart option={option} label={t("daysLabel")} table={table} height={180} /></Section>;
}

function Places({ whole: { places } }: { whole: ActionWhole }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  return (
    <Section title={t("places.title")} flush>
      {places.length === 0 && <p className={classes.inside}>{t("told.nowhere")}</p>}
      <ul className={classes.versions}>
        {places.map(({ placement, earned }) => (
          <li key={placement} className={classes.version}>
            <Link to={`/placements/${placement}`}>{placement.replaceAll("_", " ")}</Link>
            <span className={classes.quiet} data-figure>{t("card", { shown: format.number(earned.shown), clicked: format.number(earned.clicked), accepted: format.number(earned.accepted) })}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Contents({ action }: { action: Shown }) {
  const [supposed, suppose] = useState<Supposed>(NOBODY);
  const { data, error, isPlaceholderData, refetch } = useQuery(tryOf(action.name, action.definition, supposed));
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={4} />;
  return <Previews tried={data} supposed={supposed} suppose={suppose} changing={isPlaceholderData} discounts={(action.definition.discounts as number[] | undefined) ?? []} />;
}
