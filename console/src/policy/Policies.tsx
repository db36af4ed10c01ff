import { Button } from "@mantine/core";
import { IconScale } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { useWhat } from "../decisions/data";
import { useWords } from "../decisions/words";
import { Empty, Failed, Loading, Money, Page, Sparkline, useFormat } from "../parts";
import type { Day } from "./data";
import { useOverview } from "./data";
import { Period, usePeriod } from "./Period";
import classes from "./Policy.module.css";
import { ENOUGH, sumOf } from "./sums";

/** What the decisions of each placement are worth, at a glance. */
export default function Policies() {
  const { t } = useTranslation("policy");
  const { may } = useSession();
  if (!may("decisions")) return <Denied title={t("title")} />;
  return <All />;
}

function All() {
  const { t } = useTranslation("policy");
  const { may } = useSession();
  const [days] = usePeriod();
  const { data, error, refetch } = useOverview(days);
  return (
    <Page title={t("title")} description={t("says")} actions={<Period />}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {data?.placements.length === 0 && <Empty icon={IconScale} title={t("none")} action={may("define") && <Button component={Link} to="/placements">{t("define")}</Button>}>{t("noneSays")}</Empty>}
      {data && data.placements.length > 0 && (
        <ul className={classes.list} aria-label={t("title")}>{data.placements.map((each) => <One key={each.placement} name={each.placement} days={each.series} period={days} />)}</ul>
      )}
    </Page>
  );
}

function One({ name, days, period }: { name: string; days: readonly Day[]; period: number }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const words = useWords();
  const { called, placements } = useWhat();
  const touchpoint = placements.find((each) => each.name === name)?.touchpoint;
  const sum = sumOf(days);
  return (
    <li>
      <Link to={period === 30 ? `/policy/${name}` : `/policy/${name}?days=${period}`} className={classes.line}>
        <span className={classes.called}><strong>{called(name)}</strong>{touchpoint && <small>{words.touchpoint(touchpoint)}</small>}</span>
        {sum.impressions === 0 ? (
          <span className={classes.silent}>{sum.decisions === 0 ? t("never") : t("unseen", { count: sum.decisions, number: format.number(sum.decisions) })}</span>
        ) : (
          <>
            <span className={classes.cell}><small>{t("seen")}</small><span data-figure>{format.number(sum.impressions)}</span></span>
            <span className={classes.cell}><small>{t("accepted")}</small><span data-figure>{sum.accepted === null ? "–" : format.share(sum.accepted)}</span></span>
            <span className={classes.cell}><small>{t("earned")}</small><Money amount={sum.value.toFixed(2)} /></span>
            <span className={classes.spark}>{days.length > 1 ? <Sparkline values={days.map(({ value }) => value)} label={t("earnedDaily")} width={96} height={24} fill /> : null}{sum.impressions < ENOUGH && <small>{t("few")}</small>}</span>
          </>
        )}
      </Link>
    </li>
  );
}
