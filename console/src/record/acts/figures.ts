import type { GoldenRecord } from "./Acts";

/** How many events her record counts. */
export function eventsOf(record: GoldenRecord): number {
  return Object.values(record.activity.events ?? {}).reduce((sum, part) => sum + part.count, 0);
}
