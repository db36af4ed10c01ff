import { NativeSelect } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { amount } from "../decisions/Scores";
import { Section, Tag, useFormat } from "../parts";
import type { Tone } from "../parts";
import type { Policy, Report } from "./data";
import { Interval, scaleFor } from "./Interval";
import classes from "./Policy.module.css";
import { estimateOf, shared, verdictOf, warnedOf } from "./sums";
import type { Verdict } from "./sums";

const TONE: Record<Verdict, Tone> = { better: "ok", worse: "wrong", open: "quiet" };

/** What other policies would have been worth on the same log, and how far to believe it. */
export function Others({ report }: { report: Report }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const offered = shared(report.policies);
  const [asked, ask] = useState<string | null>(null);
  const estimator = asked ?? offered[0] ?? "ips";
  const logged = report.policies.find(({ policy }) => policy === "logged");
  const scale = scaleFor(report.policies.flatMap((policy) => { const each = estimateOf(policy, estimator); return [each?.low, each?.high, each?.value]; }));
  return (
    <Section
      title={t("others.title")}
      description={t("others.says", { count: report.decisions, number: format.number(report.decisions) })}
      aside={<NativeSelect size="xs" aria-label={t("others.estimator")} value={estimator} onChange={(event) => ask(event.currentTarget.value)} data={offered.map((name) => ({ value: name, label: t(`estimator.${name as "ips"}`) }))} />}
    >
      <ul className={classes.others} aria-label={t("others.title")}>
        {report.policies.map((policy) => <One key={policy.policy} policy={policy} logged={logged} estimator={estimator} scale={scale} rows={report.decisions} />)}
      </ul>
      <p className={classes.note}>{t(`estimatorSays.${estimator as "ips"}`)}</p>
    </Section>
  );
}

function One({ policy, logged, estimator, scale, rows }: { policy: Policy; logged?: Policy; estimator: string; scale: (value: number) => number; rows: number }) {
  const { t, i18n } = useTranslation("policy");
  const format = useFormat();
  const each = estimateOf(policy, estimator);
  const base = logged && estimateOf(logged, estimator);
  const said = (group: "name" | "about", otherwise: string) => (i18n.exists(`${group}.${policy.policy}`, { ns: "policy" }) ? t(`${group}.${policy.policy as "greedy"}`) : otherwise);
  const verdict = each && base && policy !== logged && policy.warnings.length === 0 ? verdictOf(base, each) : null;
  return (
    <li>
      <div className={classes.otherHead}>
        <strong>{said("name", policy.policy)}</strong>
        {verdict && <Tag tone={TONE[verdict]}>{t(`verdict.${verdict}`)}</Tag>}
        {each && <span className={classes.amount} data-figure><strong>{amount(each.value, format)}</strong> <small>{t("interval", { low: amount(each.low, format), high: amount(each.high, format) })}</small></span>}
      </div>
      {each && <Interval value={each.value} low={each.low} high={each.high} scale={scale} tone={policy === logged ? "logged" : undefined} />}
      <p className={classes.about}>{said("about", policy.says)} <span data-figure>{t("others.effective", { count: Math.round(policy.effective), number: format.number(Math.round(policy.effective)), rows: format.number(rows) })}</span></p>
      {policy.warnings.map((warning) => <Warning key={warning} text={warning} />)}
    </li>
  );
}

function Warning({ text }: { text: string }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const found = warnedOf(text);
  const says = (() => {
    switch (found.key) {
      case "thin": return t("warning.thin", { rows: format.number(Number(found.rows)), worth: format.number(Number(found.worth)) });
      case "heavy": return t("warning.heavy", { share: format.share(Number(found.share) / 100, 0) });
      case "astray": return t("warning.astray", { mean: format.number(Number(found.mean)) });
      case "other": return found.text;
    }
  })();
  return <p className={classes.warning}><IconAlertTriangle size={15} stroke={1.75} aria-hidden />{says}</p>;
}
