import { Autocomplete, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import { useWide } from "../../parts";
import classes from "../Imports.module.css";
import type { Cells, EventMapping, Mapping, Part as PartName, Place, Shape } from "../mapping";
import { shapeOf, shaped } from "../mapping";
import type { Look } from "../queries";
import { upper } from "../words";
import { Fields } from "./Fields";
import { Identifiers } from "./Identifiers";
import { Key } from "./Key";
import { NameOf } from "./NameOf";
import { Part } from "./Part";
import { Returns } from "./Returns";
import { TimeOf } from "./TimeOf";

export type Columns = Look["columns"];

interface Props {
  mapping: Mapping;
  columns: Columns;
  onChange: (mapping: Mapping) => void;
  problem: { place: Place | null; message: string; cure?: string | null } | null;
}

/** The mapping as a form; every change is seen beside it at once. */
export function Form({ mapping, columns, onChange, problem }: Props) {
  const { t } = useTranslation("imports");
  const wide = useWide();
  const shape = shapeOf(mapping);
  const { event } = mapping;
  const at = (place: Place) => (problem?.place === place ? upper(problem.message.replace(/^mapping: /, "")) : undefined);
  const edit = (change: Partial<EventMapping>) => onChange({ ...mapping, event: trimmed({ ...event, ...change }) });
  const id = columns.find((column) => column.looks_like === "id")?.name;
  const parts = partsOf(shape, event);
  return (
    <>
      <Part title={t("shape.title")} says={t(`shape.${shape}Says`)}>
        <SegmentedControl
          fullWidth
          orientation={wide ? "horizontal" : "vertical"}
          value={shape}
          onChange={(next) => onChange(shaped(mapping, next as Shape, id))}
          data={(["orders", "events", "customers"] as const).map((value) => ({ value, label: t(`shape.${value}`) }))}
          aria-label={t("shape.title")}
        />
        {shape !== "customers" && <NameOf name={event.name} columns={columns} onChange={(name) => edit({ name })} problem={at("name")} />}
      </Part>
      <Source value={mapping.source ?? ""} onChange={(source) => onChange({ ...mapping, source })} problem={at("source")} />
      <Key mapping={mapping} columns={columns} grouped={shape === "orders"} onChange={onChange} problem={at("group_by") ?? at("message_id")} />
      <TimeOf cell={event.timestamp} columns={columns} onChange={(timestamp) => edit({ timestamp })} problem={at("timestamp")} />
      <Identifiers cells={event.identifiers ?? {}} columns={columns} onChange={(identifiers) => edit({ identifiers })} problem={at("identifiers")} />
      {parts.map((part) => (
        <Fields key={part} part={part} cells={event[part] ?? {}} columns={columns} onChange={(cells) => edit({ [part]: cells })} problem={at(part)} />
      ))}
      {shape === "orders" && event.products && Object.keys(event.products).length > 0 && (
        <Returns returns={event.returns} columns={columns} onChange={(returns) => edit({ returns })} problem={at("returns")} />
      )}
    </>
  );
}

function partsOf(shape: Shape, event: EventMapping): Exclude<PartName, "identifiers">[] {
  const own = { orders: ["properties", "products"], events: ["properties"], customers: ["traits"] }[shape];
  const all = ["properties", "traits", "products"] as const;
  return all.filter((part) => own.includes(part) || Object.keys(event[part] ?? {}).length > 0);
}

/** Empty parts are left out of the file. */
function trimmed(event: EventMapping): EventMapping {
  const empty = (value: unknown) => value === undefined || (typeof value === "object" && value !== null && Object.keys(value as Cells).length === 0);
  return Object.fromEntries(Object.entries(event).filter(([, value]) => !empty(value)));
}

function Source({ value, onChange, problem }: { value: string; onChange: (source: string) => void; problem?: string }) {
  const { t } = useTranslation("imports");
  const answer = useQuery(get("/api/v1/sources"));
  return (
    <Part title={t("source.title")} says={t("source.says")}>
      <Autocomplete
        aria-label={t("source.title")}
        value={value}
        onChange={onChange}
        data={answer.data?.sources.map((source) => source.name) ?? []}
        error={problem ?? (value ? undefined : t("source.missing"))}
        className={classes.short}
      />
    </Part>
  );
}
