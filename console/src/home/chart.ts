import type { Format } from "../parts";
import type { ChartLook, ChartOption } from "../parts/echarts";
import type { Inflow } from "./inflow";

/** Stacked bars of what came in; bars beyond the cut carry a mark and their number. */
export function chartOf(inflow: Inflow, called: (name: string | null) => string, format: Format): (look: ChartLook) => ChartOption {
  const { starts, layers, totals, cut } = inflow;
  const times = starts.map((start) => format.time(start));
  return (look) => ({
    animation: false,
    grid: { left: 4, right: 8, top: 44, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: {
      type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 12,
      textStyle: { color: look.ink2 }, inactiveColor: look.line, pageTextStyle: { color: look.ink2 }, pageIconColor: look.ink2, pageIconInactiveColor: look.line, pageIconSize: 11,
      data: layers.map(({ name }) => called(name)),
    },
    tooltip: { formatter: (hovered: unknown) => tipOf(hovered as Hovered[], inflow, called, format), axisPointer: { type: "shadow" } },
    xAxis: { type: "category", data: times, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } }, axisLabel: { color: look.ink2, hideOverlap: true } },
    yAxis: { type: "value", max: cut ?? undefined, minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: look.line } }, axisLabel: { color: look.ink2, formatter: format.compact } },
    series: [
      ...layers.map(({ name, events }, n) => ({
        type: "bar" as const, name: called(name), stack: "all", data: events.map((each, m) => (cut !== null && totals[m]! > cut ? 0 : each)), barCategoryGap: "18%", itemStyle: { color: look.series[n] },
      })),
      ...(cut === null ? [] : beyond(totals, cut, look)),
    ],
  });
}

/** Bars that the axis cuts off: grey, for their layers cannot be seen, with an arrow at the edge. */
function beyond(totals: readonly number[], cut: number, look: ChartLook) {
  return [
    { type: "bar" as const, name: "", stack: "all", data: totals.map((total) => (total > cut ? cut : 0)), itemStyle: { color: look.line } },
    {
      type: "scatter" as const, name: " ", symbol: "triangle", symbolSize: 9, silent: true, clip: false, z: 5, itemStyle: { color: look.ink2 },
      data: totals.flatMap((total, n) => (total > cut ? [[n, cut]] : [])),
    },
  ];
}

interface Hovered {
  dataIndex: number;
}

function tipOf([hovered]: Hovered[], { starts, layers, totals }: Inflow, called: (name: string | null) => string, format: Format): string {
  const n = hovered?.dataIndex;
  if (n === undefined || starts[n] === undefined) return "";
  const rows = layers.filter(({ events }) => events[n]).sort((one, other) => other.events[n]! - one.events[n]!);
  const head = `${format.time(starts[n])}–${format.time(starts[n] + 600_000)}   ${format.number(totals[n] ?? 0)}`;
  return [head, ...rows.map(({ name, events }) => `${called(name)}   ${format.number(events[n]!)}`)].join("\n");
}
