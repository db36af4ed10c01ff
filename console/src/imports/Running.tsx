import { Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Section, useFormat } from "../parts";
import { Fact } from "./Fact";
import classes from "./Imports.module.css";
import type { Import } from "./queries";

/** How far a running import is; two phases, each with its bar. */
export function Running({ of: { progress }, away }: { of: Import; away: boolean }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const importing = progress?.phase === "importing";
  const rate = progress && progress.seconds >= 1 ? (importing ? progress.events : progress.rows) / progress.seconds : null;
  const number = (value: number | undefined) => (value === undefined ? "–" : format.number(value));
  return (
    <Section title={t("progress.title")} description={away ? t("progress.away") : t("progress.says")}>
      <div className={classes.phases}>
        <Phase name={t("progress.reading")} part={importing ? 1 : (progress?.fraction ?? 0)} now={!importing} />
        <Phase name={t("progress.importing")} part={importing ? (progress?.fraction ?? 0) : 0} now={importing} />
      </div>
      <dl className={classes.facts}>
        <Fact name={t("fact.rows")}>{number(progress?.rows)}</Fact>
        <Fact name={t("fact.events")}>{number(progress?.events)}</Fact>
        <Fact name={t("fact.rejected")}>{number(progress?.rejected)}</Fact>
        <Fact name={t("fact.rate")}>{rate === null ? "–" : t(importing ? "fact.eventsPer" : "fact.rowsPer", { number: format.number(rate, { maximumFractionDigits: 0 }) })}</Fact>
        <Fact name={t("fact.remaining")}>{progress?.remaining === null || progress?.remaining === undefined ? "–" : format.duration(Math.max(1, progress.remaining))}</Fact>
      </dl>
    </Section>
  );
}

function Phase({ name, part, now }: { name: string; part: number; now: boolean }) {
  const format = useFormat();
  return (
    <div className={classes.phase} data-now={now || undefined}>
      <div className={classes.line}><span>{name}</span><span data-figure>{format.share(part, 0)}</span></div>
      <Progress value={part * 100} aria-label={name} />
    </div>
  );
}
