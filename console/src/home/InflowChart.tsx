import { SegmentedControl, Table, UnstyledButton } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Chart, Section, useFormat } from "../parts";
import { useNames } from "../parts/names";
import { chartOf } from "./chart";
import classes from "./Home.module.css";
import { inflowOf } from "./inflow";
import type { By, Point } from "./inflow";

/** What came in the last 24 hours, every ten minutes, by source or by channel; as a picture or as a table. */
export function InflowChart({ series, at }: { series: readonly Point[]; at: string }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const names = useNames();
  const [by, setBy] = useState<By>("source");
  const [asTable, setAsTable] = useState(false);
  const inflow = useMemo(() => inflowOf(series, by, Date.parse(at)), [series, by, at]);
  const called = useCallback(
    (name: string | null) => (name === null ? t("inflow.others") : by === "channel" ? names.channel(name) : name),
    [t, by, names.channel], // eslint-disable-line react-hooks/exhaustive-deps -- `names` is made anew each time, its parts are not
  );
  const option = useMemo(() => chartOf(inflow, called, format), [inflow, called, format]);
  const table = useMemo(() => {
    const head = [t("inflow.time"), ...inflow.layers.map(({ name }) => called(name)), t("inflow.all")];
    const body = inflow.starts.flatMap((start, n) =>
      inflow.totals[n] ? [[format.time(start), ...inflow.layers.map(({ events }) => format.number(events[n]!)), format.number(inflow.totals[n])]] : [],
    );
    return [head, ...body.reverse()];
  }, [inflow, called, format, t]);
  const beyond = inflow.cut === null ? [] : inflow.starts.flatMap((start, n) => (inflow.totals[n]! > inflow.cut! ? [t("inflow.bulk", { time: format.time(start), number: format.number(inflow.totals[n]!) })] : []));
  const label = t("inflow.says", { from: format.dateTime(inflow.starts[0]!) });
  return (
    <Section
      title={t("inflow.title")}
      description={t("inflow.every")}
      aside={
        <div className={classes.choose}>
          <UnstyledButton className={classes.asTable} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{t(asTable ? "inflow.asChart" : "inflow.asTable")}</UnstyledButton>
          <SegmentedControl size="xs" aria-label={t("inflow.by")} value={by} onChange={(value) => setBy(value as By)} data={[{ value: "source", label: t("inflow.source") }, { value: "channel", label: t("inflow.channel") }]} />
        </div>
      }
    >
      {asTable ? <AsTable rows={table} label={label} /> : <Chart option={option} label={label} height={HEIGHT} table={table} empty={series.length === 0} />}
      {beyond.length > 0 && <p className={classes.beyond}>{t("inflow.cut", { bulks: format.list(beyond) })}</p>}
    </Section>
  );
}

const HEIGHT = 232;

function AsTable({ rows: [head, ...rows], label }: { rows: string[][]; label: string }) {
  return (
    <div className={classes.table} style={{ height: HEIGHT }} tabIndex={0} role="region" aria-label={label}>
      <Table stickyHeader>
        <Table.Thead><Table.Tr>{head?.map((cell) => <Table.Th key={cell}>{cell}</Table.Th>)}</Table.Tr></Table.Thead>
        <Table.Tbody>{rows.map((row) => <Table.Tr key={row[0]}>{row.map((cell, n) => <Table.Td key={n}>{cell}</Table.Td>)}</Table.Tr>)}</Table.Tbody>
      </Table>
    </div>
  );
}
