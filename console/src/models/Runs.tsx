import { useTranslation } from "react-i18next";
import { Section, Tag, useFormat, When } from "../parts";
import type { Tone } from "../parts";
import type { Drift, Run } from "./data";
import classes from "./Models.module.css";
import { useWords } from "./words";

const FIRST = "the first of its kind";

const TONE: Record<Run["state"], Tone> = { present: "ok", replaced: "quiet", refused: "watch" };

/** Every training that is kept, and why it replaced the one before or did not. */
export function Runs({ runs }: { runs: readonly Run[] }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const number = (value: number) => format.number(value, { maximumFractionDigits: 4, signDisplay: "exceptZero" });
  const because = (said: string) => (said === FIRST ? t("runs.first") : said);
  return (
    <Section title={t("runs.title")} description={t("runs.says")} flush>
      <ul className={classes.runs}>
        {runs.map((run) => (
          <li key={run.version}>
            <Tag tone={TONE[run.state]}>{t(`runs.${run.state}`)}</Tag>
            <div>
              <strong><When at={run.trained_at} as="both" /></strong> <small>{t("runs.by", { by: run.by === "command line" ? t("runs.commandLine") : run.by === "schedule" ? t("runs.schedule") : run.by, seed: run.seed })}</small>
              <p>{because(run.because)}{run.gain !== null && run.low !== null && run.high !== null && <> {t("runs.gain", { gain: number(run.gain), low: number(run.low), high: number(run.high) })}</>}</p>
              <small className={classes.version}>{run.version}</small>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const FAR = 0.25;
const MOVED = 0.1;
const SEEN = 0.001;
const SHOWN = 8;

/** How far what the model sees has moved since it was trained. */
export function DriftSince({ drift }: { drift: Drift }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const { of } = useWords();
  const rows = Object.entries({ ...drift.scores, ...drift.features }).sort(([, one], [, other]) => other - one).slice(0, SHOWN);
  return (
    <Section title={t("drift.title")} description={t("drift.says")} aside={<When at={drift.as_of} as="date" />}>
      <p>{t(`drift.${drift.state}Says`)}</p>
      <ul className={classes.weights}>
        {rows.filter(([, moved]) => moved >= SEEN).map(([name, moved]) => (
          <li key={name} data-tone={moved > FAR ? "wrong" : moved > MOVED ? "watch" : undefined}>
            <span className={classes.what}>{of(name)}</span>
            <span className={classes.bar} aria-hidden><span style={{ width: `${Math.min(100, (100 * moved) / FAR)}%` }} /></span>
            <span className={classes.amount} data-figure>{format.number(moved, { maximumFractionDigits: 3 })}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
