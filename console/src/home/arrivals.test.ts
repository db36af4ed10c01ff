import { describe, expect, test } from "vitest";
import type { LiveEvent } from "./arrivals";
import { NOTHING, ROWS, turned, unsettled } from "./arrivals";

const event = (log_offset: number, person_id: string | null = null) => ({ log_offset, person_id }) as LiveEvent;
const offsets = (events: readonly LiveEvent[]) => events.map((each) => each.log_offset);
const came = (...numbers: number[]) => ({ turn: "came", events: numbers.map((number) => event(number)), leftOut: 0 }) as const;

describe("what comes in", () => {
  test("stands newest first, and each event once", () => {
    const filled = turned(NOTHING, { turn: "fill", events: [event(3), event(2)] });
    expect(offsets(turned(filled, came(3, 4)).shown)).toEqual([4, 3, 2]);
  });

  test("is bounded", () => {
    const many = turned(NOTHING, came(...Array.from({ length: ROWS + 20 }, (_, n) => n)));
    expect(many.shown).toHaveLength(ROWS);
    expect(many.shown[0]?.log_offset).toBe(ROWS + 19);
  });

  test("does not move what is read, and counts what waits", () => {
    const still = turned(turned(NOTHING, came(1)), { turn: "still", still: true });
    const later = turned(still, { turn: "came", events: [event(2)], leftOut: 5 });
    expect(offsets(later.shown)).toEqual([1]);
    expect(later.waiting).toBe(6);
    const on = turned(later, { turn: "still", still: false });
    expect(offsets(on.shown)).toEqual([2, 1]);
    expect(on.waiting).toBe(0);
  });

  test("is somebody's once the loop has come past it, asked once", () => {
    const early = turned(NOTHING, came(7));
    expect(unsettled(early, 6)).toBe(null);
    expect(unsettled(early, 7)).toBe(7);
    const nobodys = turned(early, { turn: "fill", events: [event(7)], upto: 7 });
    expect(unsettled(nobodys, 9)).toBe(null);
    const erased = turned(early, { turn: "fill", events: [], upto: 7 });
    expect(unsettled(erased, 9)).toBe(null);
    const settled = turned(early, { turn: "fill", events: [event(7, "ann")], upto: 7 });
    expect(settled.shown[0]?.person_id).toBe("ann");
    expect(unsettled(settled, 9)).toBe(null);
    expect(turned(settled, came(7)).shown[0]?.person_id).toBe("ann");
    expect(unsettled(turned(nobodys, came(8)), 9)).toBe(8);
  });

  test("is asked for as far as it goes, however much came since while the list stood still", () => {
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
    const log = new Map(numbers(1, 1001).map((offset) => [offset, event(offset, offset % 10 ? `p${offset}` : null)]));
    let list = turned(NOTHING, came(...numbers(1, 61)));
    list = turned(turned(list, { turn: "still", still: true }), came(...numbers(61, 901)));
    list = turned(list, came(...numbers(901, 1001)));
    let asked = 0;
    for (let upto = unsettled(list, 1000); upto !== null; upto = unsettled(list, 1000)) {
      const newest = upto;
      const events = [...log.values()].reverse().filter((one) => one.log_offset <= newest).slice(0, ROWS);
      list = turned(list, { turn: "fill", events, upto });
      asked += 1;
    }
    expect(asked).toBe(2);
    expect(offsets(list.shown)).toEqual(numbers(1, 61).reverse());
    for (const row of [...list.shown, ...list.held]) expect(row).toBe(log.get(row.log_offset));
    expect(list.asked.size).toBe(60 + ROWS);
  });

  test("is settled while the list stands still too, and nothing moves", () => {
    const still = turned(turned(turned(NOTHING, came(1)), { turn: "still", still: true }), came(2));
    const settled = turned(still, { turn: "fill", events: [event(3, "bea"), event(2, "ann"), event(1, "eve")] });
    expect(settled.shown.map((each) => each.person_id)).toEqual(["eve"]);
    expect(settled.held.map((each) => each.person_id)).toEqual(["ann"]);
    expect(settled.waiting).toBe(1);
  });
});
