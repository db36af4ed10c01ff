import { describe, expect, test } from "vitest";
import { inflowOf } from "./inflow";

const NOW = Date.parse("2026-03-01T12:07:00Z");
const at = (minutesAgo: number, events: number, source = "web", channel = "web") => ({
  at: new Date(Date.parse("2026-03-01T12:00:00Z") - minutesAgo * 60_000).toISOString(), source, channel, events,
});

describe("ten-minute buckets", () => {
  test("hold every event of the day once, whatever they are stacked by", () => {
    const series = [at(0, 5), at(10, 7, "till", "store"), at(10, 2, "app", "web"), at(1430, 1)];
    for (const by of ["source", "channel"] as const) {
      const { layers, totals, starts } = inflowOf(series, by, NOW);
      expect(starts).toHaveLength(144);
      expect(totals.reduce((sum, each) => sum + each)).toBe(15);
      expect(layers.flatMap((layer) => layer.events).reduce((sum, each) => sum + each)).toBe(15);
    }
    expect(inflowOf(series, "channel", NOW).layers.map((layer) => layer.name)).toEqual(["store", "web"]);
  });

  test("put the least of many sources together", () => {
    const many = Array.from({ length: 10 }, (_, n) => at(0, 10 - n, `source_${n}`));
    const { layers } = inflowOf(many, "source", NOW);
    expect(layers).toHaveLength(8);
    expect(layers.at(-1)).toMatchObject({ name: null });
    expect(layers.at(-1)!.events.at(-1)).toBe(3 + 2 + 1);
  });

  test("are cut where a bulk towers, and only there", () => {
    expect(inflowOf([at(60, 150_000), at(20, 900), at(10, 1000), at(0, 3)], "source", NOW).cut).toBe(1500);
    expect(inflowOf([at(60, 150_000), at(20, 900), at(0, 2000)], "source", NOW).cut).toBe(3000);
    expect(inflowOf([at(60, 4000), at(20, 900), at(10, 100)], "source", NOW).cut).toBeNull();
    expect(inflowOf([at(60, 150_000), at(0, 4)], "source", NOW).cut).toBeNull();
  });
});
