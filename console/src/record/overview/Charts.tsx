import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../parts/Chart";
import { useFormat } from "../../parts/format";
import { Section } from "../../parts/Section";
import type { GoldenRecord } from "../data";
import classes from "../Record.module.css";
import { seriesOf } from "./series";
import type { Bar, Series } from "./series";

type What = "value" | "orders" | "visits";
const HEIGHT = 150;

/** Value, orders and visits over her time, side by side. */
export function Charts({ record }: { record: GoldenRecord }) {
  const series = useMemo(() => seriesOf(record), [record]);
  if (series === null) return null;
  const shown = (["value", "orders", "visits"] as const).filter((what) => series.bars.some((bar) => bar[what] > 0));
  if (shown.length === 0) return null;
  return <div className={classes.charts}>{shown.map((what) => <One key={what} what={what} series={series} currency={record.orders.currency} />)}</div>;
}

function One({ what, series, currency }: { what: What; series: Series; currency: string | null }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  const title = t(`chart.${what}.${series.by}`);
  const tell = useCallback((value: number) => (what === "value" ? format.money(String(value), currency) : format.number(value)), [what, format, currency]);
  const named = useCallback((bar: Bar) => format.date(bar.start, series.by === "month" ? { month: "long", year: "numeric", timeZone: "UTC" } : { dateStyle: "medium", timeZone: "UTC" }), [format, series.by]);
  const short = useCallback((bar: Bar) => format.date(bar.start, series.by === "month" ? { month: "short", timeZone: "UTC" } : { day: "numeric", month: "short", timeZone: "UTC" }), [format, series.by]);
  const option = useCallback<Parameters<typeof Chart>[0]["option"]>(
    (look) => ({
      xAxis: {
        type: "category",
        data: series.bars.map(named),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: look.line } },
        axisLabel: { color: look.ink2, fontSize: 11, hideOverlap: true, formatter: (_: string, at: number) => (series.bars[at] ? short(series.bars[at]) : "") },
      },
      yAxis: {
        type: "value",
        splitNumber: 3,
        minInterval: what === "value" ? undefined : 1,
        axisLabel: { color: look.ink2, fontSize: 11, formatter: (value: number) => (what === "value" ? format.money(value, currency, { compact: true, whole: true }) : format.number(value)) },
        splitLine: { lineStyle: { color: look.line } },
      },
      tooltip: { axisPointer: { type: "none" }, valueFormatter: (value) => tell(Number(value)) },
      series: [{ type: "bar", name: title, data: series.bars.map((bar) => bar[what]), color: look.series[["value", "orders", "visits"].indexOf(what)], barMaxWidth: 22, itemStyle: { borderRadius: [3, 3, 0, 0] } }],
    }),
    [series, what, title, named, short, tell, format, currency],
  );
  const table = [[t(`chart.by.${series.by}`), title], ...series.bars.map((bar) => [named(bar), tell(bar[what])])];
  return (
    <Section title={title}>
      <Chart option={option} height={HEIGHT} label={t("chart.label", { title, from: named(series.bars[0]!), to: named(series.bars.at(-1)!) })} table={table} />
    </Section>
  );
}
