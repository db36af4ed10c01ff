import { describe, expect, test } from "vitest";
import type { Answer } from "../api/client";
import { rowsOf } from "./alive";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const by = (source: string, last_at: string, events: number, channel = "web") => ({ source, channel, last_hour: 1, last_day: events, last_at });
const overview = (attention: object[] = []) =>
  ({
    events: { by: [by("shop", "2026-03-01T11:59:30Z", 4), by("shop", "2026-03-01T10:00:00Z", 6, "email"), by("till", "2026-03-01T09:00:00Z", 9)] },
    attention,
  }) as unknown as Answer<"/api/v1/overview">;
const source = (name: string, more: object) =>
  ({ name, enabled: true, last_event_at: null, last_hour: 0, last_day: 0, dead_letters: 0, ...more }) as unknown as Answer<"/api/v1/sources">["sources"][number];

describe("sources", () => {
  test("are summed over their channels where the list itself may not be read", () => {
    const rows = rowsOf(overview(), null, new Map(), NOW);
    expect(rows.map(({ name, lastDay, life }) => [name, lastDay, life])).toEqual([["shop", 10, "receiving"], ["till", 9, "quiet"]]);
  });

  test("say when they are off, never came, or are quiet against their habit", () => {
    const rows = rowsOf(
      overview([{ what: "source till" }]),
      [source("off", { enabled: false }), source("new", {}), source("till", { last_event_at: "2026-03-01T09:00:00Z" })],
      new Map(),
      NOW,
    );
    expect(Object.fromEntries(rows.map(({ name, life }) => [name, life]))).toEqual({ off: "off", new: "never", till: "unusual" });
  });

  test("are alive as soon as an event of theirs is seen", () => {
    const [row] = rowsOf(overview(), [source("new", {})], new Map([["new", "2026-03-01T11:59:59Z"]]), NOW);
    expect(row).toMatchObject({ life: "receiving", lastAt: "2026-03-01T11:59:59Z" });
  });
});
