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
  const chart = init(place, undefined, { renderer: "canvas" });
  chart.on("click", (event) => onPick({ series: event.seriesName ?? "", name: event.name, data: event.data }));
  const watching = new ResizeObserver(() => chart.resize());
  watching.observe(place);
  return {
    show: (option) => {
      const look = lookOf(place);
      chart.setOption({ ...usual(look), ...withUsualTip(option(look), look) }, { notMerge: true });
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

function usual(look: ChartLook) {
  return {
    color: look.series,
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250,
    textStyle: { fontFamily: look.font, color: look.ink2, fontSize: 12 },
    grid: { left: 4, right: 8, top: 12, bottom: 4, outerBoundsMode: "same" as const, outerBoundsContain: "axisLabel" as const },
  };
}

/** A tooltip drawn on the canvas: one of HTML would need inline styles, which the policy forbids. */
function withUsualTip(option: ChartOption, look: ChartLook): ChartOption {
  const tooltip = Array.isArray(option.tooltip) ? option.tooltip[0] : option.tooltip;
  return {
    ...option,
    tooltip: {
      trigger: "axis",
      backgroundColor: look.surface,
      borderColor: look.line,
      textStyle: { color: look.ink, fontSize: 12, fontFamily: look.font },
      axisPointer: { lineStyle: { color: look.ink2, width: 1 } },
      ...tooltip,
      renderMode: "richText",
      confine: true,
    },
  };
}
