import type { Source } from "./data";

export type Alive = "live" | "quiet" | "never" | "off";

const FRESH = 2 * 60_000;

/** Whether a source brings events right now; `now` in milliseconds. */
export function aliveOf(source: Pick<Source, "enabled" | "last_event_at">, now: number): Alive {
  if (!source.enabled) return "off";
  if (source.last_event_at === null) return "never";
  return now - Date.parse(source.last_event_at) < FRESH ? "live" : "quiet";
}
