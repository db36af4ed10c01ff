import { expect, it } from "vitest";
import { verdictOf } from "./words";

const figure = { value: 0.8, low: 0.78, high: 0.82, better: "higher" as const, yardstick_value: 0.7 };

it("is better only when its interval leaves the yardstick out", () => {
  expect(verdictOf(figure)).toBe("better");
  expect(verdictOf({ ...figure, yardstick_value: 0.79 })).toBe("equal");
  expect(verdictOf({ ...figure, yardstick_value: 0.9 })).toBe("worse");
});

it("knows that an error is better when it is smaller, and a bias when it is near zero", () => {
  expect(verdictOf({ ...figure, better: "lower" })).toBe("worse");
  expect(verdictOf({ value: -0.02, low: null, high: null, better: "zero", yardstick_value: 0.12 })).toBe("better");
});

it("says nothing without a yardstick or a value", () => {
  expect(verdictOf({ ...figure, yardstick_value: null })).toBeNull();
  expect(verdictOf({ ...figure, value: null })).toBeNull();
});
