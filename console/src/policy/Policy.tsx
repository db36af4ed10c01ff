import { Alert } from "@mantine/core";
import { IconInfoCircle, IconScale } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { useWhat } from "../decisions/data";
import { amount } from "../decisions/Scores";
import { Empty, Failed, Loading, Money, Page, useFormat } from "../parts";
import { ByAction } from "./ByAction";
import { ActionsOverTime, ExplorationOverTime, ValueOverTime } from "./Charts";
import { useReport } from "./data";
import type { Report } from "./data";
import { Others } from "./Others";
import { Period, usePeriod } from "./Period";
import classes from "./Policy.module.css";
import { ENOUGH, estimateOf, sumOf } from "./sums";

/** What the decisions of one placement are worth, and what others would have been. */
export default function Policy() {
  const { t } = useTranslation("policy");
  const { may } = useSession();
  const { placement = "" } = useParams();
  if (!may("decisions")) return <Denied title={t("title")} />;
  return <Asked key={placement} placement={placement} />;
}

function Asked({ placement }: { placement: string }) {
  const { t } = useTranslation("policy");
  const [days] = usePeriod();
  const { called } = useWhat();
  const { data, error, refetch, isPlaceholderData } = useReport(placement, days);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  return (
    <Page title={called(placement)} description={t("oneSays")} above={<Link to="/policy">← {t("title")}</Link>} actions={<Period />}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={10} />}
      {data && <div className={classes.all} data-changing={isPlaceholderData || undefined}><Told report={data} /></div>}
    </Page>
  );
}

function Told({ report }: { report: Report }) {
  const { t } = useTranslation("policy");
  const { placements } = useWhat();
  const { may } = useSession();
  const sum = sumOf(report.series);
  const set = placements.find(({ name }) => name === report.placement)?.exploration ?? null;
  if (sum.impressions === 0) {
    const links = <><Link to={`/decisions?placement=${report.placement}`} className={classes.link}>{t("toLog")}</Link>{may("decide") && <> · <Link to={`/simulator?placement=${report.placement}`} className={classes.link}>{t("toSimulator")}</Link></>}</>;
    return <Empty icon={IconScale} title={sum.decisions === 0 ? t("never") : t("nothingSeen", { count: sum.decisions })} action={links}>{t("needs", { count: ENOUGH })}</Empty>;
  }
  return (
    <>
      <Figures report={report} />
      {report.decisions < ENOUGH && <Alert color="yellow" variant="light" icon={<IconInfoCircle size={18} />}>{t("fewSays", { count: report.decisions, needed: ENOUGH })}</Alert>}
      <ValueOverTime days={report.series} />
      <div className={classes.two}>
        <ActionsOverTime days={report.series} />
        <ExplorationOverTime days={report.series} set={set} />
      </div>
      <ByAction earned={report.earned} />
      {report.policies.length > 0 && <Others report={report} />}
      <p className={classes.foot}><Link to={`/decisions?placement=${report.placement}`} className={classes.link}>{t("toLog")}</Link></p>
    </>
  );
}

function Figures({ report }: { report: Report }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const sum = sumOf(report.series);
  const logged = report.policies.find(({ policy }) => policy === "logged");
  const worth = logged && estimateOf(logged, "ips");
  const share = (of: number | null) => (of === null ? "–" : format.share(of));
  return (
    <dl className={classes.figures}>
      <div><dt>{t("figure.worth")}</dt><dd data-figure>{worth ? amount(worth.value, format) : "–"}{worth && <small>{t("interval", { low: amount(worth.low, format), high: amount(worth.high, format) })}</small>}</dd></div>
      <div><dt>{t("figure.earned")}</dt><dd><Money amount={sum.value.toFixed(2)} /><small>{t("figure.days", { count: report.series.length })}</small></dd></div>
      <div><dt>{t("figure.seen")}</dt><dd data-figure>{format.number(sum.impressions)}<small>{t("figure.asked", { count: sum.decisions, number: format.number(sum.decisions) })}</small></dd></div>
      <div><dt>{t("figure.accepted")}</dt><dd data-figure>{share(sum.accepted)}<small>{t("figure.times", { count: sum.acceptances, number: format.number(sum.acceptances) })}</small></dd></div>
      <div><dt>{t("figure.explored")}</dt><dd data-figure>{share(sum.explored)}<small>{t("figure.exploredSays")}</small></dd></div>
      <div><dt>{t("figure.fallback")}</dt><dd data-figure>{share(sum.fallback)}<small>{t("figure.fallbackSays")}</small></dd></div>
    </dl>
  );
}
