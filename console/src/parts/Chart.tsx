import { Skeleton, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChartHandle, ChartLook, ChartOption, draw as Draw } from "./echarts";
import classes from "./Chart.module.css";

interface Props {
  /** Makes the chart from the colours of the scheme. Keep it stable (useCallback): a new one draws anew. */
  option: (look: ChartLook) => ChartOption;
  /** What the chart shows, in a sentence, for who does not see it. */
  label: string;
  height?: number;
  /** The same as a table, read out and shown on request. First row: headings. */
  table?: readonly (readonly string[])[];
  empty?: boolean;
  /** A click on a point: name of the series, name of the category, its data. */
  onPick?: (picked: { series: string; name: string; data: unknown }) => void;
}

/** A chart. The library comes when the first chart is shown. */
export function Chart({ option, label, height = 220, table, empty, onPick }: Props) {
  const { t } = useTranslation("parts");
  const place = useRef<HTMLDivElement>(null);
  const [handle, setHandle] = useState<ChartHandle | null>(null);
  const [lost, setLost] = useState(false);
  const scheme = useComputedColorScheme("light");
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  });

  useEffect(() => {
    let made: ChartHandle | null = null;
    let gone = false;
    const begin = ({ draw }: { draw: typeof Draw }) => {
      if (gone || place.current === null) return;
      made = draw(place.current, (picked) => pick.current?.(picked));
      setHandle(made);
    };
    // the console may have been replaced while it was open: the page goes on without its picture
    import("./echarts").then(begin, () => setLost(true));
    return () => {
      gone = true;
      setHandle(null);
      made?.dispose();
    };
  }, [empty]);

  useEffect(() => {
    handle?.show(option);
  }, [handle, option, scheme]);

  if (empty) return <div className={classes.none} style={{ height }}>{t("chart.none")}</div>;
  return (
    <figure className={classes.figure}>
      <div className={classes.frame} style={{ height }}>
        {lost && <div className={classes.none} style={{ height }}>{t("chart.lost")}</div>}
        {handle === null && !lost && <Skeleton className={classes.wait} height={height} />}
        <div ref={place} className={classes.place} role="img" aria-label={label} />
      </div>
      {table && <Table rows={table} label={label} />}
    </figure>
  );
}

function Table({ rows, label }: { rows: readonly (readonly string[])[]; label: string }) {
  const [head, ...body] = rows;
  return (
    <div className={classes.unseen}>
      <table>
        <caption>{label}</caption>
        <thead><tr>{head?.map((cell) => <th key={cell} scope="col">{cell}</th>)}</tr></thead>
        <tbody>{body.map((cells, n) => <tr key={n}>{cells.map((cell, m) => <td key={m}>{cell}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
