/** Sources as Home lists them: is each alive. Pure. */
import type { Answer } from "../api/client";

type Overview = Answer<"/api/v1/overview">;
type Source = Answer<"/api/v1/sources">["sources"][number];

export type Life = "off" | "never" | "unusual" | "receiving" | "quiet";

export interface Row {
  name: string;
  life: Life;
  lastAt: string | null;
  lastHour: number;
  lastDay: number;
  letters: number;
}

const JUST_NOW = 120_000;

/** Every source, the busiest first; `sources` is null for roles that may not list them: then those with events of the day. */
export function rowsOf(overview: Overview, sources: readonly Source[] | null, lately: ReadonlyMap<string, string>, now: number): Row[] {
  const unusual = new Set(overview.attention.map(({ what }) => what.replace(/^source /, "")));
  const given: Omit<Row, "life">[] = sources
    ? sources.map((each) => ({ name: each.name, lastAt: each.last_event_at, lastHour: each.last_hour, lastDay: each.last_day, letters: each.dead_letters }))
    : summed(overview);
  const off = new Set(sources?.filter(({ enabled }) => !enabled).map(({ name }) => name));
  return given
    .map((each) => ({ ...each, lastAt: later(each.lastAt, lately.get(each.name)) }))
    .map((each) => ({ ...each, life: lifeOf(each.lastAt, off.has(each.name), unusual.has(each.name), now) }))
    .sort((one, other) => (other.lastAt ?? "").slice(0, 15).localeCompare((one.lastAt ?? "").slice(0, 15)) || other.lastDay - one.lastDay || (one.name < other.name ? -1 : 1));
}

function lifeOf(lastAt: string | null, off: boolean, unusual: boolean, now: number): Life {
  if (off) return "off";
  if (lastAt === null) return "never";
  if (unusual) return "unusual";
  return now - Date.parse(lastAt) < JUST_NOW ? "receiving" : "quiet";
}

function summed({ events }: Overview): Omit<Row, "life">[] {
  const rows = new Map<string, Omit<Row, "life">>();
  for (const { source, last_at, last_hour, last_day } of events.by) {
    const row = rows.get(source) ?? { name: source, lastAt: null, lastHour: 0, lastDay: 0, letters: 0 };
    rows.set(source, { ...row, lastAt: later(row.lastAt, last_at), lastHour: row.lastHour + last_hour, lastDay: row.lastDay + last_day });
  }
  return [...rows.values()];
}

function later(one: string | null, other: string | undefined): string | null {
  if (one === null || other === undefined) return one ?? other ?? null;
  return Date.parse(other) > Date.parse(one) ? other : one;
}
