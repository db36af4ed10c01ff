import { expect, test } from "vitest";
import { amount, cents, money, reduced } from "./money";

test("amounts become whole cents, half a cent upwards", () => {
  expect(["4.5", "4.50", "0.29", "12", "1.995", "1.994", "0,5", 3.25, "."].map(cents)).toEqual([
    450, 450, 29, 1200, 200, 199, 50, 325, null,
  ]);
});

test("what is no amount is none", () => {
  expect(["", "-1", "1e3", "abc", null, undefined, "1.2.3", "9".repeat(12)].map(cents)).toEqual(Array(8).fill(null));
});

test("a discount is rounded to whole cents, and never more than the price", () => {
  expect(reduced(199, 10)).toBe(179);
  expect(reduced(5, 50)).toBe(3);
  for (let percent = 0; percent <= 100; percent++) {
    for (const price of [0, 1, 99, 101, 123_456]) {
      expect(reduced(price, percent)).toBeGreaterThanOrEqual(0);
      expect(reduced(price, percent)).toBeLessThanOrEqual(price);
      expect(Number.isInteger(reduced(price, percent))).toBe(true);
    }
  }
});

test("sums of cents have no crumbs", () => {
  expect(amount(10 + 20)).toBe(0.3);
  expect(money(129_950, "USD", "en-US")).toBe("$1,299.50");
});
