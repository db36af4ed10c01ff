import { expect, test } from "vitest";
import { NOTHING, onKey, QUICK } from "./scanner";

function typed(keys: readonly string[], every: number): (string | null)[] {
  let now = NOTHING;
  return keys.map((key, number) => {
    const next = onKey(now, key, number * every);
    now = next.now;
    return next.code;
  });
}

test("what comes fast and ends with Enter was scanned", () => {
  expect(typed([..."98761234", "Enter"], 8).at(-1)).toBe("98761234");
  expect(typed(["Shift", "A", "Shift", "B", "1", "2", "Enter"], 8).at(-1)).toBe("AB12");
});

test("what somebody types was not", () => {
  expect(typed([..."98761234", "Enter"], QUICK + 1)).toEqual(Array(9).fill(null));
  expect(typed([..."123", "Enter"], 8).at(-1)).toBeNull();
  expect(typed(["Enter"], 8)).toEqual([null]);
});

test("a pause or a key of another sort begins anew", () => {
  let now = NOTHING;
  for (const [key, at] of [["9", 0], ["9", 500], ["1", 510], ["2", 520], ["3", 530]] as const) now = onKey(now, key, at).now;
  expect(now.text).toBe("9123");
  expect(onKey(now, "Tab", 540).now).toEqual(NOTHING);
});
