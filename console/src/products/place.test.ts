import { expect, test } from "vitest";
import { degrees, isZone } from "./place";

test.each([["52.52", 52.52], [" 13,4 ", 13.4], ["-33.9", -33.9], ["−0,5", -0.5], ["90", 90], ["0", 0]])("%s are degrees", (typed, value) => {
  expect(degrees(typed, 90)).toBe(value);
});

test.each(["90.1", "-91", "north", "1e1", "52.5.2", "52°", "NaN", "--1"])("%s are none", (typed) => {
  expect(degrees(typed, 90)).toBeUndefined();
});

test("nothing typed is nothing told", () => expect(degrees("  ", 90)).toBeNull());

test("a time zone is one that there is", () => {
  expect(isZone("Europe/Berlin")).toBe(true);
  expect(isZone("Mars/Base")).toBe(false);
  expect(isZone("+01:00")).toBe(false);
});
