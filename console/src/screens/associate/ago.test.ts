import { expect, test } from "vitest";
import { ago, money, since } from "./ago";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const before = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();

test("the largest unit that fits", () => {
  expect([0, 59, 60, 7_300, 86_400, 3 * 86_400, 15 * 86_400, 70 * 86_400, 800 * 86_400].map((s) => ago(before(s), "en", NOW))).toEqual([
    "now", "now", "1 minute ago", "2 hours ago", "yesterday", "3 days ago", "2 weeks ago", "2 months ago", "2 years ago",
  ]);
  expect(ago(before(3 * 86_400), "de", NOW)).toBe("vor 3 Tagen");
});

test("a clock that is wrong, and no moment at all", () => {
  expect(ago(before(-500), "en", NOW)).toBe("now");
  expect(ago("soon", "en", NOW)).toBe("");
});

test("a year alone says enough of long ago", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  expect(since("2019-05-01T10:00:00Z", "en", now)).toBe("2019");
  expect(since("2025-05-01T10:00:00Z", "en", now)).toBe("May 2025");
  expect(since("always", "en", now)).toBe("always");
});

test("money with and without a currency", () => {
  expect(money("12.5", "EUR", "en")).toBe("€12.50");
  expect(money("12.5", null, "en")).toBe("12.50");
  expect(money("12.5", "coins", "en")).toBe("12.5 coins");
});
