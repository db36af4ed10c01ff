import { describe, expect, test } from "vitest";
import type { LiveEvent } from "./arrivals";
import { NOTHING, ROWS, turned } from "./arrivals";

const event = (log_offset: number) => ({ log_offset }) as LiveEvent;
const offsets = (events: readonly LiveEvent[]) => events.map((each) => each.log_offset);
const came = (...numbers: number[]) => ({ turn: "came", events: numbers.map(event), leftOut: 0 }) as const;

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
});
