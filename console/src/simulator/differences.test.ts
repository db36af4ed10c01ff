import { describe, expect, test } from "vitest";
import { differences, fates, marks } from "./differences";
import type { Answered } from "./differences";

const slot = (action: string, more: object = {}) => ({ action, discount: 0, content: { format: "banner", headline: action }, because: "so", ...more });
const score = (action: string, value: number) => ({ action, score: value, weight: 0.5 });
const out = (action: string, stage: string, rule = stage) => ({ action, stage, rule });
const answer = (slots: object[], scores: object[], dropped: object[]) => ({ slots, fallback: false, explanation: { considered: 9, scores, dropped } }) as unknown as Answered;

const DRY = answer([slot("a")], [score("a", 2), score("b", 1)], [out("b", "arbitration"), out("umbrella", "applicable"), out("c", "caps")]);
const WET = answer([slot("umbrella")], [score("umbrella", 3), score("a", 2)], [out("a", "arbitration"), out("b", "stock"), out("c", "caps")]);

describe("what became of each action", () => {
  test("what competed is told so, whether it was drawn or not", () => {
    expect(fates(DRY).get("b")).toEqual({ fate: "competed", score: 1, weight: 0.5, rule: "arbitration" });
    expect(fates(DRY).get("a")).toMatchObject({ fate: "shown", slot: 0, score: 2 });
    expect(fates(DRY).get("umbrella")).toMatchObject({ fate: "out", stage: "applicable" });
  });

  test("differences begin with what is shown or not any more; what is the same is left out", () => {
    const found = differences(DRY, WET);
    expect(found.map(({ action }) => action)).toEqual(["umbrella", "b", "a"]);
    expect(found.find(({ action }) => action === "b")).toMatchObject({ before: { fate: "competed" }, after: { fate: "out", stage: "stock" } });
    expect(differences(DRY, DRY)).toEqual([]);
  });

  test("a score that hardly moves is no difference", () => {
    const nearly = answer([slot("a")], [score("a", 2.01), score("b", 1.5)], DRY.explanation!.dropped);
    expect(differences(DRY, nearly).map(({ action }) => action)).toEqual(["b"]);
  });
});

test("what is worth the same and only gave way, or was drawn otherwise, is told apart and comes last", () => {
  const before = answer([slot("a")], [score("a", 2), score("b", 1.9), score("c", 1)], [out("umbrella", "applicable")]);
  const after = answer([slot("b")], [score("a", 2), score("b", 1.9), score("c", 3), score("umbrella", 0.5)], []);
  const found = differences(before, after);
  expect(found.map(({ action, chance }) => [action, chance])).toEqual([["umbrella", false], ["c", false], ["a", true], ["b", true]]);
  expect(marks(before, after)).toEqual(["drawn"]);
});

test("slots are marked by what is otherwise in them", () => {
  const before = answer([slot("a"), slot("b"), slot("c"), slot("d")], [], []);
  const after = answer([slot("a"), slot("c"), slot("b", { discount: 10 }), slot("d", { because: "it rains" }), slot("e")], [], []);
  expect(marks(before, after)).toEqual([null, "moved", "discount", "texts", "new"]);
});
