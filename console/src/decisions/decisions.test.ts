import { describe, expect, test } from "vitest";
import type { Decision, Dropped, Scored } from "./data";
import { chances, givenOf, scaleOf, spanOf } from "./draw";
import { byRule, shapeOf, stepsOf, widest } from "./funnel";
import { asItIs, newerThan } from "./log";
import { plain, told } from "./rules";
import { bestOf } from "./words";

const drop = (action: string, stage: Dropped["stage"], rule = "r"): Dropped => ({ action, stage, rule });

describe("the funnel", () => {
  const dropped = [drop("a", "eligible", "x"), drop("b", "eligible", "y"), drop("c", "eligible", "y"), drop("d", "stock")];
  const steps = stepsOf({ considered: 6, dropped });

  test("each stage begins with what the one before left", () => {
    expect(steps).toHaveLength(12);
    expect(steps.map(({ entered }) => entered)).toEqual([6, 6, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2]);
    expect(steps.at(-1)!.left).toBe(2);
    expect(widest(steps)).toBe("eligible");
    expect(widest(stepsOf({ considered: 2, dropped: [] }))).toBeNull();
  });

  test("the picture is as wide as what is left of the whole", () => {
    expect(shapeOf(steps[1]!, 6)).toBe("polygon(0% 0%, 100% 0%, 75% 100%, 25% 100%)");
    expect(shapeOf({ stage: "score", entered: 0, left: 0, dropped: [] }, 0)).toBe("polygon(50% 0%, 50% 0%, 50% 100%, 50% 100%)");
  });

  test("actions stand together under their rule", () => {
    expect(byRule(steps[1]!.dropped)).toEqual([{ rule: "y", actions: ["b", "c"] }, { rule: "x", actions: ["a"] }]);
  });
});

describe("the draw", () => {
  const scores = [{ action: "a", weight: 0.75 }, { action: "b", weight: 0.25 }] as Scored[];
  test("chances are the floor and the share of what is left", () => {
    const found = chances(scores, 0.1);
    expect(found[0]).toBeCloseTo(0.05 + 0.9 * 0.75);
    expect(found[0]! + found[1]!).toBeCloseTo(1);
    expect(chances([], 0.1)).toEqual([]);
  });

  test("a score is as unsure as its acceptance is", () => {
    const one = { score: 1, uncertainty: 0.1, levers: 2, margin: 3, lift: 1 } as Scored;
    expect(spanOf(one)).toEqual({ low: expect.closeTo(0.4), high: expect.closeTo(1.6) });
    const at = scaleOf([{ low: -1, high: 3 }]);
    expect([at(-1), at(0), at(3), at(9)]).toEqual([0, 25, 100, 100]);
    expect(scaleOf([])(0)).toBe(0);
  });

  test("a discount is given away to who would have bought at full price", () => {
    const one = { levers: 2, margin: 3, anyway: 0.25, forgone: 2 * 0.25 * 4 } as Scored;
    expect(givenOf(one)).toBeCloseTo(2 * 0.25 * 1);
    expect(givenOf({ ...one, forgone: 1.5 + 1e-15 })).toBe(0);
    expect(givenOf({ levers: 1, margin: 3 } as Scored)).toBe(0);
  });
});

describe("the log", () => {
  const row = (decision_id: string, at: string, outcome = "returned") => ({ decision_id, at, slots: [{ outcome }], fallback: false }) as Decision;
  const shown = [row("b", "2"), row("a", "1")];

  test("counts what is newer than what is shown", () => {
    expect(newerThan(shown[0], [row("d", "4"), row("c", "3"), row("b", "2")])).toBe(2);
    expect(newerThan(shown[0], shown)).toBe(0);
    expect(newerThan(undefined, shown)).toBe(2);
    expect(newerThan(shown[0], [row("z", "9"), row("y", "8")])).toBe(2);
  });

  test("tells what became of those shown where they stand", () => {
    expect(asItIs(shown, [row("c", "3"), row("b", "2", "clicked")]).map(({ slots }) => slots[0]!.outcome)).toEqual(["clicked", "returned"]);
  });

  test("says the best of what became of its slots", () => {
    const slots = ["returned", "clicked", "dismissed"].map((outcome) => ({ outcome })) as Decision["slots"];
    expect(bestOf({ slots, fallback: false })).toBe("clicked");
    expect(bestOf({ slots, fallback: true })).toBeNull();
    expect(bestOf({ slots: [], fallback: false })).toBeNull();
  });
});

describe("rules", () => {
  test.each([
    ["no consent to personalisation", { key: "noConsent", what: "personalisation" }],
    ["valid until 2026-03-01", { key: "until", what: "2026-03-01" }],
    ["there is no store s9", { key: "noStore", what: "s9" }],
    ["what is sent there is counted, and a fallback is not", { key: "counted" }],
    ["the price 2.00 is below the floor 3.50", { key: "belowFloor", what: "2.00", floor: "3.50" }],
    ["costs more than it earns (-0.0100)", { key: "costs", what: "-0.0100" }],
    ["adds less than it costs, since it is bought anyway (-0.0100)", { key: "anyway", what: "-0.0100" }],
    ["an open complaint: nothing is sold until it is settled", { key: "complaint" }],
    ["at most 2 per person, 7 days", { key: "cap", max: 2, per: "person", group: null, channel: null, window: "7 days", now: false }],
    ["at most 2 per person in email, whatever they show, 7 days", { key: "cap", max: 2, per: "person", group: null, channel: "email", window: "7 days", now: false }],
    ["at most 1 per everybody of group coffee in web, ever, with the slots before", { key: "cap", max: 1, per: "everybody", group: "coffee", channel: "web", window: null, now: true }],
    ["1 dismissed of group coffee within 7 days: pause of 30 days", { key: "pause", count: 1, outcome: "dismissed", group: "coffee", window: "7 days", pause: "30 days" }],
    ["quiet hours 21:00-08:00: it is 22:10 in Europe/Berlin", { key: "quiet", what: "21:00-08:00" }],
    ["context.daypart = midday", null],
  ])("%s", (rule, expected) => {
    expect(told(rule)).toEqual(expected);
  });

  test("a condition is said with the reader's fields and joints", () => {
    const joints = { field: (path: string) => path.split(".").slice(1).join(" "), yes: "ja", no: "nein", and: "und", or: "oder", not: "nicht" };
    expect(plain("context.weather.rain = True and not (basket.value > 5 or traits.x = False)", joints)).toBe("weather rain = ja und nicht (value > 5 oder x = nein)");
  });
});
