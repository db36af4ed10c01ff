/** The rows of the debugger: events taken in and events refused, in one order, each once. */
import type { Answer } from "../../api/client";

export type LiveEvent = Answer<"/api/v1/live/recent">["events"][number];
export type Letter = Answer<"/api/v1/live/recent">["letters"][number];
export type Row = { key: string; at: string; order: number } & ({ event: LiveEvent; letter?: never } | { letter: Letter; event?: never });
export type Show = "all" | "refused" | "marked";

/** How many are kept. */
export const KEPT = 200;

/** Events and letters as rows. */
export function rowsOf({ events = [], letters = [] }: { events?: LiveEvent[]; letters?: Letter[] }): Row[] {
  return [
    ...events.map((event) => ({ key: `e${event.log_offset}`, at: event.received_at, order: event.log_offset, event })),
    ...letters.map((letter) => ({ key: `l${letter.dead_letter_id}`, at: letter.received_at, order: 0, letter })),
  ];
}

/** Both together, newest first, each once; of two tellings of one event the one that knows whose it is. */
export function merged(before: readonly Row[], more: readonly Row[]): Row[] {
  const rows = new Map(before.map((row) => [row.key, row]));
  for (const row of more) {
    const known = rows.get(row.key);
    if (known?.event?.person_id && !row.event?.person_id) continue;
    rows.set(row.key, row);
  }
  return [...rows.values()].sort((a, b) => (a.at === b.at ? b.order - a.order : a.at < b.at ? 1 : -1)).slice(0, KEPT);
}

/** The rows that are asked for; `words` are looked for in all that a row holds. */
export function chosen(rows: readonly Row[], show: Show, words: string): Row[] {
  const wanted = words.trim().toLowerCase();
  return rows.filter((row) => {
    if (show === "refused" && !row.letter) return false;
    if (show === "marked" && !row.event?.marks.length) return false;
    return wanted === "" || JSON.stringify(row.event ?? row.letter).toLowerCase().includes(wanted);
  });
}

/** What was called, and for which event, even where it was refused. */
export function callOf(row: Row): { call: string | null; event: string | null } {
  if (row.event) return { call: row.event.type, event: row.event.event };
  const sent = parsed(row.letter.raw);
  if (typeof sent !== "object" || sent === null) return { call: null, event: null };
  const { type, event, name } = sent as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  return { call: text(type), event: text(event) ?? text(name) };
}

/** JSON as a value; undefined where it is none. */
export function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return undefined;
  }
}

const OURS = new Set(["log_offset", "source", "channel", "fragment_id", "received_at", "marks", "mentions"]);

/** What of a kept event came from the client: without what Segue added, and without what is empty. */
export function cameWith(event: LiveEvent): Record<string, unknown> {
  const empty = (value: unknown) => value === "" || value === null || (typeof value === "object" && Object.keys(value as object).length === 0);
  return Object.fromEntries(Object.entries(event.body ?? {}).filter(([name, value]) => !OURS.has(name) && !empty(value)));
}
