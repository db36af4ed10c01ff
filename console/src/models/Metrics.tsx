import { IconEqual, IconTrendingDown, IconTrendingUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Section, useFormat } from "../parts";
import type { Format } from "../parts";
import type { Figure } from "./data";
import classes from "./Models.module.css";
import { useWords, verdictOf } from "./words";
import type { Verdict } from "./words";

const DIGITS: Intl.NumberFormatOptions = { maximumFractionDigits: 4 };
const PICTURE = { better: IconTrendingUp, equal: IconEqual, worse: IconTrendingDown } satisfies Record<Verdict, unknown>;

/** A figure, short. */
export function MetricValue({ figure, format }: { figure: Figure; format: Format }) {
  return <strong>{figure.value === null ? "–" : format.number(figure.value, { maximumFractionDigits: 3 })}</strong>;
}

/** Each metric with its interval, beside its yardstick on the same rows. */
export function Metrics({ metrics }: { metrics: readonly Figure[] }) {
  const { t } = useTranslation("models");
  const { metric } = useWords();
  const format = useFormat();
  const number = (value: number | null) => (value === null ? "–" : format.number(value, DIGITS));
  return (
    <Section title={t("metrics.title")} description={t("metrics.says")} flush>
      <table className={classes.table}>
        <thead>
          <tr>
            {(["name", "of", "value", "interval", "yardstick", "rows"] as const).map((each) => <th key={each} scope="col">{t(`metrics.${each}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {metrics.map((each) => (
            <tr key={`${each.of} ${each.name} ${each.yardstick ?? ""}`}>
              <td data-lead>{metric(each.name)}</td>
              <td data-title={t("metrics.of")}>{each.of || "–"}</td>
              <td data-title={t("metrics.value")} data-figure><Judged figure={each}>{number(each.value)}</Judged></td>
              <td data-title={t("metrics.interval")} data-figure>{each.low === null ? "–" : `${number(each.low)} – ${number(each.high)}`}</td>
              <td data-title={t("metrics.yardstick")}>{each.yardstick === null ? "–" : <>{number(each.yardstick_value)} <small>{each.yardstick}</small></>}</td>
              <td data-title={t("metrics.rows")} data-figure>{format.number(each.rows)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Judged({ figure, children }: { figure: Figure; children: string }) {
  const { t } = useTranslation("models");
  const verdict = verdictOf(figure);
  if (verdict === null) return <>{children}</>;
  const Picture = PICTURE[verdict];
  return (
    <span className={classes.judged} data-verdict={verdict}>
      {children} <Picture size={15} stroke={2} role="img" aria-label={t(`verdict.${verdict}`)} />
    </span>
  );
}
