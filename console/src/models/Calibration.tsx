import { NativeSelect } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Chart, Section, useFormat } from "../parts";
import type { ChartLook, ChartOption } from "../parts/echarts";
import type { Bin } from "./data";
import classes from "./Models.module.css";
import { useWords } from "./words";

/** What was said beside what came of it: on the line, ten in a hundred means ten in a hundred. */
export function Calibration({ bins }: { bins: readonly Bin[] }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const { of } = useWords();
  const kinds = useMemo(() => [...new Set(bins.map(({ of }) => of))], [bins]);
  const [chosen, choose] = useState(kinds[0] ?? "");
  const shown = useMemo(() => bins.filter(({ of }) => of === chosen).sort((one, other) => one.predicted - other.predicted), [bins, chosen]);
  const top = Math.max(0.05, ...shown.flatMap(({ predicted, observed }) => [predicted, observed])) * 1.05;
  const share = (value: number) => format.share(value, 0);
  const option = useCallback((look: ChartLook): ChartOption => plot(shown, Math.min(1, top), look, [t("calibration.predicted"), t("calibration.observed")], share), [shown, top, t, format]); // eslint-disable-line react-hooks/exhaustive-deps
  const exact = (value: number) => format.share(value);
  const table = [[t("calibration.predicted"), t("calibration.observed"), t("metrics.rows")], ...shown.map((each) => [exact(each.predicted), exact(each.observed), format.number(each.rows)])];
  return (
    <Section title={t("calibration.title")} description={t("calibration.says")}>
      {kinds.length > 1 && (
        <div className={classes.choice}>
          <NativeSelect size="xs" value={chosen} onChange={(event) => choose(event.currentTarget.value)} data={kinds.map((each) => ({ value: each, label: of(each) }))} aria-label={t("metrics.of")} />
        </div>
      )}
      <Chart option={option} label={t("calibration.label", { of: of(chosen) })} height={280} table={table} empty={shown.length === 0} />
    </Section>
  );
}

function plot(bins: readonly Bin[], top: number, look: ChartLook, [x, y]: [string, string], share: (value: number) => string): ChartOption {
  const most = Math.max(1, ...bins.map(({ rows }) => rows));
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((each) => top / each <= 5.5) ?? 0.2;
  const end = Math.min(1, Math.ceil(top / step - 1e-9) * step);
  const axis = { type: "value" as const, min: 0, axisLabel: { formatter: share }, interval: step, max: end };
  return {
    animation: false,
    grid: { left: 8, right: 16, top: 28, bottom: 28, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { ...axis, name: x, nameLocation: "middle", nameGap: 26 },
    yAxis: { ...axis, name: y },
    series: [
      { type: "line", data: [[0, 0], [end, end]], symbol: "none", silent: true, lineStyle: { color: look.ink2, type: "dashed", width: 1 } },
      { type: "line", data: bins.map(({ predicted, observed }) => [predicted, observed]), symbol: "none", lineStyle: { color: look.accent, width: 2 }, silent: true },
      { type: "scatter", data: bins.map(({ predicted, observed, rows }) => ({ value: [predicted, observed], symbolSize: 6 + 12 * Math.sqrt(rows / most) })), itemStyle: { color: look.accent } },
    ],
  };
}
