import { describe, expect, test } from "vitest";
import type { Day, Estimate, Policy } from "./data";
import { shared, sumOf, verdictOf, warnedOf } from "./sums";

const day = (more: Partial<Day>): Day => ({ day: "2026-01-01", decisions: 0, fallbacks: 0, impressions: 0, acceptances: 0, value: 0, mean: null, low: null, high: null, exploration: null, actions: [], ...more });
const estimate = (estimator: string, low = 0, high = 1): Estimate => ({ estimator, value: (low + high) / 2, low, high });

test("days are put together by what was seen in them", () => {
  const sum = sumOf([day({ decisions: 10, fallbacks: 1, impressions: 8, acceptances: 2, value: 4, exploration: 0.25 }), day({}), day({ decisions: 10, impressions: 2, exploration: 1 })]);
  expect(sum).toMatchObject({ decisions: 20, impressions: 10, value: 4, accepted: 0.2, explored: 0.4, fallback: 0.05 });
  expect(sumOf([])).toMatchObject({ accepted: null, explored: null, fallback: null });
});

describe("other policies", () => {
  test("are better or worse only where the intervals part", () => {
    expect(verdictOf(estimate("dr", 1, 2), estimate("dr", 2.1, 3))).toBe("better");
    expect(verdictOf(estimate("dr", 1, 2), estimate("dr", 1.9, 3))).toBe("open");
    expect(verdictOf(estimate("dr", 1, 2), estimate("dr", 0, 0.5))).toBe("worse");
  });

  test("are compared by what all of them have", () => {
    const policies = [{ estimates: [estimate("ips"), estimate("dr")] }, { estimates: [estimate("ips")] }] as Policy[];
    expect(shared(policies)).toEqual(["ips"]);
  });
});

test.each([
  ["support is thin: 1,200 rows are worth 45 for this candidate", { key: "thin", rows: "1200", worth: "45" }],
  ["one row has 12% of all weight (weight 340)", { key: "heavy", share: "12" }],
  ["weights average 0.71, not 1: propensities are wrong, or the candidate does what the log never tried", { key: "astray", mean: "0.71" }],
  ["something new", { key: "other", text: "something new" }],
])("%s", (text, expected) => {
  expect(warnedOf(text)).toEqual(expected);
});
