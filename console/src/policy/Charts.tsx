import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useWhat } from "../decisions/data";
import { amount } from "../decisions/Scores";
import { Chart, Section, useFormat } from "../parts";
import type { Format } from "../parts";
import type { ChartLook, ChartOption } from "../parts/echarts";
import type { Day } from "./data";

const dayOf = (format: Format, day: string) => format.date(`${day}T12:00:00Z`, { day: "numeric", month: "short", timeZone: "UTC" });
const SERIES = 6;
const FEW_DAYS = 3;

/** What a decision that was seen earned, day by day, with how sure that is. */
export function ValueOverTime({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const option = useCallback((look: ChartLook): ChartOption => {
    const names = days.map(({ day }) => dayOf(format, day));
    const low = days.map((each) => (each.low === null ? null : Math.max(0, each.low)));
    const band = days.map((each, n) => (each.high === null ? null : each.high - (low[n] ?? 0)));
    const none = { type: "line" as const, stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
    return {
      grid: { left: 4, right: 12, top: 16, bottom: 4 },
      tooltip: { trigger: "axis", formatter: (given) => told(days, (given as { dataIndex: number }[])[0]?.dataIndex, format, t) },
      xAxis: { type: "category", data: names, boundaryGap: days.length === 1 },
      yAxis: { type: "value", min: 0, axisLabel: { formatter: (value: number) => amount(value, format) } },
      series: [
        { ...none, data: low },
        { ...none, data: band, areaStyle: { color: look.accent, opacity: 0.16 } },
        {
          type: "line",
          // a band needs neighbours: a few days have a bar each
          markLine: days.length > FEW_DAYS ? undefined : {
            silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.accent, width: 8, opacity: 0.25, type: "solid" },
            data: days.flatMap(({ high }, n) => (high === null ? [] : [[{ coord: [n, low[n] ?? 0] }, { coord: [n, high] }] as [object, object]])),
          },
          data: days.map(({ mean }) => mean), showSymbol: days.length < 32, symbolSize: 6, itemStyle: { color: look.accent }, lineStyle: { color: look.accent, width: 2 },
        },
      ],
    };
  }, [days, format, t]);
  const table = [[t("day"), t("value.mean"), t("value.low"), t("value.high"), t("seen")], ...days.map((each) => [dayOf(format, each.day), money(each.mean, format), money(each.low, format), money(each.high, format), format.number(each.impressions)])];
  return <Section title={t("value.title")} description={t("value.says")}><Chart option={option} label={t("value.label")} height={240} table={table} empty={days.every(({ mean }) => mean === null)} /></Section>;
}

function money(value: number | null, format: Format): string {
  return value === null ? "–" : amount(value, format);
}

function told(days: readonly Day[], at: number | undefined, format: Format, t: ReturnType<typeof useTranslation<"policy">>["t"]): string {
  const day = at === undefined ? undefined : days[at];
  if (day === undefined) return "";
  const lines = [dayOf(format, day.day), `${t("value.mean")}: ${money(day.mean, format)}`];
  if (day.low !== null && day.high !== null) lines.push(t("interval", { low: amount(day.low, format), high: amount(day.high, format) }));
  lines.push(`${t("seen")}: ${format.number(day.impressions)}`, `${t("accepted")}: ${format.number(day.acceptances)}`);
  return lines.join("\n");
}

/** Which actions were seen how often. */
export function ActionsOverTime({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const { called } = useWhat();
  const names = useMemo(() => {
    const seen = new Map<string, number>();
    for (const { actions } of days) for (const { action, impressions } of actions) seen.set(action, (seen.get(action) ?? 0) + impressions);
    return [...seen].sort((one, other) => other[1] - one[1]).map(([name]) => name);
  }, [days]);
  const groups = useMemo(() => {
    const own = names.slice(0, names.length > SERIES + 1 ? SERIES : SERIES + 1);
    const rest = names.slice(own.length);
    return [...own.map((name) => ({ name: called(name), of: [name] })), ...(rest.length > 0 ? [{ name: t("actions.others", { count: rest.length }), of: rest }] : [])];
  }, [names, called, t]);
  const option = useCallback((look: ChartLook): ChartOption => ({
    legend: { type: "scroll" },
    grid: { left: 4, right: 12, top: 40, bottom: 4 },
    xAxis: { type: "category", data: days.map(({ day }) => dayOf(format, day)) },
    yAxis: { type: "value", minInterval: 1, axisLabel: { formatter: (value: number) => format.compact(value) } },
    series: groups.map(({ name, of }, n) => ({ type: "bar", stack: "seen", name, barMaxWidth: 28, data: days.map((day) => count(day, of)), itemStyle: { color: look.series[n % look.series.length] } })),
  }), [days, groups, format]);
  const table = [[t("day"), ...groups.map(({ name }) => name)], ...days.map((day) => [dayOf(format, day.day), ...groups.map(({ of }) => format.number(count(day, of)))])];
  return <Section title={t("actions.title")} description={t("actions.says")}><Chart option={option} label={t("actions.label")} height={240} table={table} empty={names.length === 0} /></Section>;
}

function count(day: Day, of: readonly string[]): number {
  return day.actions.filter(({ action }) => of.includes(action)).reduce((sum, { impressions }) => sum + impressions, 0);
}

/** How much was tried on purpose. */
export function ExplorationOverTime({ days, set }: { days: readonly Day[]; set: number | null }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const option = useCallback((look: ChartLook): ChartOption => ({
    grid: { left: 4, right: 12, top: 16, bottom: 4 },
    tooltip: { trigger: "axis", valueFormatter: (value) => (typeof value === "number" ? format.share(value) : "–") },
    xAxis: { type: "category", data: days.map(({ day }) => dayOf(format, day)), boundaryGap: days.length === 1 },
    yAxis: { type: "value", min: 0, axisLabel: { formatter: (value: number) => format.share(value, 0) } },
    series: [{ type: "line", name: t("exploration.explored"), data: days.map(({ exploration }) => exploration), connectNulls: true, showSymbol: days.length < 32, symbolSize: 6, itemStyle: { color: look.series[1] }, lineStyle: { color: look.series[1], width: 2 } }],
  }), [days, format, t]);
  const table = [[t("day"), t("exploration.explored")], ...days.map((each) => [dayOf(format, each.day), each.exploration === null ? "–" : format.share(each.exploration)])];
  const says = set === null ? t("exploration.says") : t("exploration.saysSet", { share: format.share(set) });
  return <Section title={t("exploration.title")} description={says}><Chart option={option} label={t("exploration.label")} height={240} table={table} empty={days.every(({ exploration }) => exploration === null)} /></Section>;
}
