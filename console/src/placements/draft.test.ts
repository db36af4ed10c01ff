import { expect, it } from "vitest";
import { TOUCHPOINTS } from "../actions/draft";
import { definitionOf, draftOf, silenceOf, startOf } from "./draft";

const WHOLE = { title: "Entrance", touchpoint: "display", slots: 3, formats: ["portrait", "banner"], fallback: "brand_story", seen_by: "many", exploration: 0.075, timeout_ms: 500, personal_facts: 0, silence: "2 hours" };

it("is the same through the form and back", () => {
  expect(definitionOf(draftOf(WHOLE))).toEqual(WHOLE);
  const { title: _, ...plain } = WHOLE;
  expect(definitionOf(draftOf(plain))).toEqual(plain);
});

it.each(TOUCHPOINTS)("begins with what a %s can show", (touchpoint) => {
  const start = startOf(touchpoint, "welcome");
  expect(definitionOf(draftOf(definitionOf(start)))).toEqual(definitionOf(start));
  expect(start.seen_by).toBe(touchpoint === "display" ? "many" : "one");
});

it("reads a silence", () => {
  expect(["30 minutes", "1 hour", "7 days", "90 seconds"].map(silenceOf)).toEqual([{ count: 30, unit: "minutes" }, { count: 1, unit: "hours" }, { count: 7, unit: "days" }, null]);
});
