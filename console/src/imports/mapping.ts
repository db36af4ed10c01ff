/** A mapping as the form holds it: an object like its file, and what can be done to it. */

/** Where one value comes from: a column's name, a column with how to read it, or one value for all rows. */
export interface WholeCell {
  column?: string;
  value?: unknown;
  as?: string;
  format?: string;
  zone?: string;
  decimal?: string;
}
export type Cell = string | WholeCell;
export type Cells = Record<string, Cell>;

export interface EventMapping {
  type?: string;
  name?: Cell;
  message_id?: string;
  timestamp?: Cell;
  identifiers?: Cells;
  properties?: Cells;
  traits?: Cells;
  products?: Cells;
  returns?: { when: string; name: string };
  [more: string]: unknown;
}

export interface Mapping {
  source?: string;
  format?: Record<string, string>;
  group_by?: string[];
  event: EventMapping;
}

/** What a row of the file is. */
export type Shape = "orders" | "events" | "customers";
export type Part = "identifiers" | "properties" | "traits" | "products";
/** A part of the form that a problem can stand at. */
export type Place = "source" | "format" | "group_by" | "name" | "message_id" | "timestamp" | "returns" | Part;

export function shapeOf({ event, group_by }: Mapping): Shape {
  if (event.type === "identify") return "customers";
  return group_by?.length ? "orders" : "events";
}

/** The same mapping for rows of another shape; nothing that was chosen is lost but what cannot be. */
export function shaped(mapping: Mapping, shape: Shape, key: string | undefined): Mapping {
  const { group_by, event, ...rest } = mapping;
  const { products, returns, properties, traits, ...kept } = event;
  const said = { ...traits, ...properties };
  if (shape === "customers") {
    const { name: _, ...nameless } = kept;
    return { ...rest, event: { ...nameless, type: "identify", traits: { ...said, ...products } } };
  }
  const track = { ...kept, type: event.type === "identify" ? "track" : (event.type ?? "track"), name: event.name ?? "" };
  if (shape === "events") return { ...rest, event: { ...track, properties: { ...said, ...products } } };
  const by = group_by?.length ? group_by : key ? [key] : [];
  return { ...rest, group_by: by, event: { ...track, name: event.name || "Order Completed", properties: said, ...(products && { products }), ...(returns && { returns }) } };
}

export function columnOf(cell: Cell | undefined): string | null {
  return typeof cell === "string" ? cell : (cell?.column ?? null);
}

/** The cell with some of it changed; as short as it can be written. */
export function changed(cell: Cell | undefined, change: WholeCell): Cell {
  const whole: WholeCell = { ...(typeof cell === "string" ? { column: cell } : cell), ...change };
  const kept = Object.fromEntries(Object.entries(whole).filter(([key, value]) => value !== undefined && (value !== "" || key === "value"))) as WholeCell;
  const keys = Object.keys(kept);
  return keys.length === 1 && kept.column !== undefined ? kept.column : kept;
}

/** A row of a list of names and cells renamed, in its place. A name that is taken keeps the old one. */
export function renamed(cells: Cells, from: string, to: string): Cells {
  if (from === to || to in cells) return cells;
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name === from ? to : name, cell]));
}

export function without(cells: Cells, name: string): Cells {
  return Object.fromEntries(Object.entries(cells).filter(([each]) => each !== name));
}

/** A name that is free in `cells`, made of `wish`. */
export function freeName(cells: Cells, wish: string): string {
  let name = wish;
  for (let n = 2; name in cells; n += 1) name = `${wish}_${n}`;
  return name;
}

const CONDITION = /^\s*(.+?)\s*(<=|>=|!=|==|=|<|>)\s*(.+?)\s*$/;

/** `Quantity < 0` in its three pieces. */
export function conditionOf(when: string): { column: string; op: string; value: string } {
  const [, column = "", op = "<", value = ""] = CONDITION.exec(when) ?? [];
  return { column, op: op === "==" ? "=" : op, value: value.replace(/^["']|["']$/g, "") };
}

/** Every column that the mapping reads, and where. */
export function usesOf(mapping: Mapping): Map<string, Place> {
  const uses = new Map<string, Place>();
  const note = (column: string | null, place: Place) => column !== null && !uses.has(column) && uses.set(column, place);
  mapping.group_by?.forEach((column) => note(column, "group_by"));
  for (const [, column = ""] of (mapping.event.message_id ?? "").matchAll(/\{([^{}]+)\}/g)) note(column, "message_id");
  note(columnOf(mapping.event.timestamp), "timestamp");
  if (typeof mapping.event.name === "object") note(columnOf(mapping.event.name), "name");
  for (const part of ["identifiers", "properties", "traits", "products"] as const) {
    for (const cell of Object.values(mapping.event[part] ?? {})) note(columnOf(cell), part);
  }
  if (mapping.event.returns) note(conditionOf(mapping.event.returns.when).column, "returns");
  return uses;
}

const PLACES: readonly string[] = ["source", "format", "group_by", "name", "message_id", "timestamp", "returns", "identifiers", "properties", "traits", "products"];

/** Which part of the form a problem speaks of, as its message says it; null where that cannot be told. */
export function placeOf(message: string, mapping: Mapping): Place | null {
  const named = /^mapping: (?:event\.)?(\w+)/.exec(message)?.[1];
  if (named !== undefined && PLACES.includes(named)) return named as Place;
  const missing = /'(\w+)' is missing/.exec(message)?.[1];
  if (missing !== undefined && PLACES.includes(missing)) return missing as Place;
  const column = /has no column '(.+?)'/.exec(message)?.[1];
  return (column !== undefined && usesOf(mapping).get(column)) || null;
}
