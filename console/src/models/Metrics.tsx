import { Button } from "@mantine/core";
import { IconEqual, IconTrendingDown, IconTrendingUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Section, useFormat } from "../parts";
import type { Figure } from "./data";
import classes from "./Models.module.css";
import { sorted, useAmount, useWords, verdictOf } from "./words";
import type { Sure, Verdict } from "./words";

const PICTURE = { better: IconTrendingUp, equal: IconEqual, worse: IconTrendingDown } satisfies Record<Verdict, unknown>;
const SHOWN = 12;

/** Each metric with its interval, beside its yardstick on the same rows. */
export function Metrics({ metrics }: { metrics: readonly Figure[] }) {
  const { t } = useTranslation("models");
  const { metric, of, yardstick } = useWords();
  const format = useFormat();
  const amount = useAmount();
  const [whole, show] = useState(false);
  const { table, sure, axes } = sorted(metrics);
  const about = table.some((each) => each.of !== "");
  const columns = (["of", "name", "value", "interval", "yardstick", "rows"] as const).filter((each) => about || each !== "of");
  const rows = whole ? table : table.slice(0, SHOWN);
  return (
    <>
      <Section title={t("metrics.title")} description={t("metrics.says")} flush>
        <table className={classes.table}>
          <thead><tr>{columns.map((each) => <th key={each} scope="col">{t(`metrics.${each}`)}</th>)}</tr></thead>
          <tbody>
            {rows.map((each, n) => (
              <tr key={`${each.of} ${each.name} ${each.yardstick ?? ""}`} data-begins={each.of !== rows[n - 1]?.of || undefined}>
                {about && <td data-lead>{each.of === rows[n - 1]?.of ? <span className={classes.again}>{of(each.of)}</span> : of(each.of)}</td>}
                <td data-title={about ? t("metrics.name") : undefined} data-lead={about ? undefined : true}>{metric(each.name)}</td>
                <td data-title={t("metrics.value")} data-figure><Judged figure={each}>{amount(each, each.value)}</Judged></td>
                <td data-title={t("metrics.interval")} data-figure>{each.low === null ? "–" : `${amount(each, each.low)} – ${amount(each, each.high)}`}</td>
                <td data-title={t("metrics.yardstick")}>{each.yardstick === null ? <small>{t("metrics.alone")}</small> : <><span data-figure>{amount(each, each.yardstick_value)}</span> <small>{yardstick(each.yardstick)}</small></>}</td>
                <td data-title={t("metrics.rows")} data-figure>{format.number(each.rows)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {table.length > SHOWN && <p className={classes.more}><Button size="xs" variant="subtle" aria-expanded={whole} onClick={() => show(!whole)}>{whole ? t("metrics.less") : t("metrics.all", { count: table.length })}</Button></p>}
      </Section>
      {sure.length > 0 && <Surest sure={sure} />}
      {axes.length > 0 && <Axes axes={axes} />}
    </>
  );
}

/** How right it is if it speaks only where it is surest. */
function Surest({ sure }: { sure: readonly Sure[] }) {
  const { t } = useTranslation("models");
  const { of } = useWords();
  const format = useFormat();
  const depths = [...new Set(sure.flatMap(({ right }) => [...right.keys()]))].sort((one, other) => other - one);
  return (
    <Section title={t("sure.title")} description={t("sure.says")} flush>
      <div className={classes.wide}>
        <table className={classes.plain}>
          <thead><tr><th scope="col">{t("metrics.of")}</th>{depths.map((depth) => <th key={depth} scope="col">{depth === 100 ? t("sure.all") : t("sure.of", { share: format.share(depth / 100, 0) })}</th>)}</tr></thead>
          <tbody>
            {sure.map((each) => (
              <tr key={each.of}><th scope="row">{of(each.of)}</th>{depths.map((depth) => <td key={depth} data-figure>{each.right.has(depth) ? <Shade value={each.right.get(depth)!}>{format.share(each.right.get(depth)!, 0)}</Shade> : "–"}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Shade({ value, children }: { value: number; children: string }) {
  return <span className={classes.shade}><span className={classes.bar} aria-hidden><span style={{ width: `${100 * value}%` }} /></span>{children}</span>;
}

function Axes({ axes }: { axes: readonly Figure[] }) {
  const { t } = useTranslation("models");
  const { of } = useWords();
  const format = useFormat();
  return (
    <Section title={t("axes.title")} description={t("axes.says")}>
      <ul className={classes.weights}>
        {axes.map((each) => (
          <li key={each.of}>
            <span className={classes.what}>{of(each.of)}</span>
            <span className={classes.bar} aria-hidden><span style={{ width: `${100 * Math.max(0, each.value ?? 0)}%` }} /></span>
            <span className={classes.amount} data-figure>{each.value === null ? "–" : format.number(each.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}</span>
          </li>
        ))}
      </ul>
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
