import { useTranslation } from "react-i18next";
import { Section, useFormat } from "../parts";
import type { Weight } from "./data";
import classes from "./Models.module.css";

const SHOWN = 12;

/** What matters to the model, as bars; for data value with the interval beside. */
export function Weights({ title, says, weights, asShare }: { title: string; says: string; weights: readonly Weight[]; asShare: boolean }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const sorted = [...weights].sort((one, other) => other.value - one.value).slice(0, SHOWN);
  const most = Math.max(1e-9, ...sorted.map(({ value }) => Math.abs(value)));
  const number = (value: number) => (asShare ? format.share(value) : format.number(value, { maximumFractionDigits: 4, signDisplay: "exceptZero" }));
  return (
    <Section title={title} description={says}>
      {sorted.length === 0 && <p className={classes.quiet}>{t("weights.none")}</p>}
      <ul className={classes.weights}>
        {sorted.map((each) => (
          <li key={`${each.of} ${each.name}`}>
            <span className={classes.what}>{each.title || each.name}{each.of && <small> {each.of}</small>}</span>
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
