/** The parts of ECharts that the console uses, and how its charts look. Loaded by Chart only. */
import { BarChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import type { BarSeriesOption, LineSeriesOption, PieSeriesOption, ScatterSeriesOption } from "echarts/charts";
import { DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import type { DatasetComponentOption, GridComponentOption, LegendComponentOption, MarkLineComponentOption, TooltipComponentOption } from "echarts/components";
import { init, use as register } from "echarts/core";
import type { ComposeOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

register([BarChart, LineChart, PieChart, ScatterChart, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export type ChartOption = ComposeOption<
  | BarSeriesOption | LineSeriesOption | PieSeriesOption | ScatterSeriesOption
  | DatasetComponentOption | GridComponentOption | LegendComponentOption | MarkLineComponentOption | TooltipComponentOption
>;

/** The scheme's colours, read from the page. */
export interface ChartLook {
  ink: string;
  ink2: string;
  line: string;
  surface: string;
  accent: string;
  series: string[];
  ok: string;
  watch: string;
  wrong: string;
  font: string;
}

export interface ChartHandle {
  show: (option: (look: ChartLook) => ChartOption) => void;
  dispose: () => void;
}

/** A chart in `place`, which follows its size. */
export function draw(place: HTMLElement, onPick: (picked: { series: string; name: string; data: unknown }) => void): ChartHandle {
  const chart = init(place, themeOf(lookOf(place)), { renderer: "canvas" });
  let shown = false;
  chart.on("click", (event) => onPick({ series: event.seriesName ?? "", name: event.name, data: event.data }));
  const watching = new ResizeObserver(() => chart.resize());
  watching.observe(place);
  return {
    show: (option) => {
      const look = lookOf(place);
      // before the first option there is nothing that a theme could be changed of
      if (shown) chart.setTheme(themeOf(look));
      shown = true;
      chart.setOption(completed(option(look)), { notMerge: true });
    },
    dispose: () => {
      watching.disconnect();
      chart.dispose();
    },
  };
}

function lookOf(place: HTMLElement): ChartLook {
  const style = getComputedStyle(place);
  const read = (name: string) => style.getPropertyValue(`--segue-${name}`).trim();
  return {
    ink: read("ink"),
    ink2: read("ink-2"),
    line: read("line"),
    surface: read("surface"),
    accent: read("accent"),
    series: Array.from({ length: 8 }, (_, n) => read(`series-${n + 1}`)),
    ok: read("ok"),
    watch: read("watch"),
    wrong: read("wrong"),
    font: style.fontFamily,
  };
}

/** How charts look where their option says nothing else. */
function themeOf(look: ChartLook): object {
  const axis = {
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
    axisLabel: { color: look.ink2, fontSize: 11 },
    splitLine: { lineStyle: { color: look.line } },
    nameTextStyle: { color: look.ink2 },
  };
  return {
    color: look.series,
    backgroundColor: "transparent",
    textStyle: { fontFamily: look.font, color: look.ink2, fontSize: 12 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    logAxis: { ...axis, axisLine: { show: false } },
    legend: { textStyle: { color: look.ink2 }, itemWidth: 10, itemHeight: 10, itemGap: 14, icon: "roundRect", inactiveColor: look.line },
    line: { symbol: "circle", symbolSize: 4, showSymbol: false, lineStyle: { width: 2 } },
    tooltip: {
      backgroundColor: look.surface,
      borderColor: look.line,
      borderWidth: 1,
      padding: [6, 10],
      textStyle: { color: look.ink, fontSize: 12, fontFamily: look.font },
      axisPointer: { lineStyle: { color: look.ink2, width: 1 }, crossStyle: { color: look.ink2 } },
    },
  };
}

/** The option with what all charts have; a tooltip is drawn on the canvas, as one of HTML would need inline styles. */
function completed(option: ChartOption): ChartOption {
  const tooltip = Array.isArray(option.tooltip) ? option.tooltip[0] : option.tooltip;
  const legend = Array.isArray(option.legend) ? undefined : option.legend;
  const grid = { left: 4, right: 8, top: legend ? 34 : 12, bottom: 4, outerBoundsMode: "same" as const, outerBoundsContain: "axisLabel" as const };
  return {
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250,
    ...option,
    grid: Array.isArray(option.grid) ? option.grid : { ...grid, ...option.grid },
    ...(legend ? { legend: { left: 0, top: 0, type: "plain", ...legend } } : {}),
    tooltip: { trigger: "axis", ...tooltip, renderMode: "richText", confine: true },
  };
}
