import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Section, Tag, useFormat } from "../parts";
import type { Weight } from "./data";
import classes from "./Models.module.css";
import { useWords } from "./words";

const SHOWN = 12;

interface Props {
  title: string;
  says: string;
  weights: readonly Weight[];
  /** Kinds of data, and what is lost without each; else shares of what matters. */
  worth?: boolean;
}

/** What matters to the model, as bars; for data value with the interval beside. */
export function Weights({ title, says, weights, worth = false }: Props) {
  const { t } = useTranslation("models");
  const { of, data } = useWords();
  const format = useFormat();
  const kinds = [...new Set(weights.map((each) => each.of))];
  const [chosen, choose] = useState(kinds[0] ?? "");
  const shown = weights.filter((each) => each.of === chosen);
  const sorted = [...shown].sort((one, other) => other.value - one.value).slice(0, SHOWN);
  const most = Math.max(1e-9, ...sorted.map(({ value }) => Math.abs(value)));
  const number = (value: number) => (worth ? format.number(value, { minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: "exceptZero" }) : format.share(value));
  return (
    <Section title={title} description={says}>
      {kinds.length > 1 && (
        <div className={classes.choice}>
          <NativeSelect size="xs" value={chosen} onChange={(event) => choose(event.currentTarget.value)} data={kinds.map((each) => ({ value: each, label: of(each) }))} aria-label={`${title}: ${t("metrics.of")}`} />
        </div>
      )}
      {sorted.length === 0 && <p className={classes.quiet}>{t("weights.none")}</p>}
      <ul className={classes.weights}>
        {sorted.map((each) => (
          <li key={`${each.of} ${each.name}`}>
            <span className={classes.what}>
              {worth ? data(each) : each.title || each.name}
              {worth && <span className={classes.verdict}><Tag tone={matters(each) ? "ok" : "quiet"}>{t(matters(each) ? "value.worth" : "value.go")}</Tag></span>}
            </span>
            <span className={classes.bar} aria-hidden><span style={{ width: `${(100 * Math.max(0, each.value)) / most}%` }} /></span>
            <span className={classes.amount} data-figure>
              {number(each.value)}
              {each.low !== null && each.high !== null && <small>{t("weights.interval", { low: number(each.low), high: number(each.high) })}</small>}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Whether the model measurably misses it. */
function matters({ value, low }: Weight): boolean {
  return low === null ? value > 0 : low > 0;
}
