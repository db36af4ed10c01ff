import { expect, it } from "vitest";
import { TOUCHPOINTS } from "../actions/draft";
import { definitionOf, draftOf, silenceOf, startOf } from "./draft";

const WHOLE = { title: "Entrance", touchpoint: "display", slots: 3, formats: ["portrait", "banner"], fallback: "brand_story", seen_by: "many", exploration: 0.075, timeout_ms: 500, personal_facts: 0, silence: "2 hours" };

it("is the same through the form and back", () => {
  expect(definitionOf(draftOf(WHOLE))).toEqual(WHOLE);
  const { title: _, ...plain } = WHOLE;
  expect(definitionOf(draftOf(plain))).toEqual(plain);
});

it("keeps a message's quiet hours, and nobody else's", () => {
  const sms = { ...WHOLE, touchpoint: "sms", quiet: "21:00-08:00" };
  expect(definitionOf(draftOf(sms))).toEqual(sms);
  expect(definitionOf({ ...draftOf(sms), touchpoint: "web" })).not.toHaveProperty("quiet");
  expect(definitionOf({ ...draftOf(sms), quiet: " " })).not.toHaveProperty("quiet");
});

it("keeps how often is enough in its channel", () => {
  const letter = { ...WHOLE, touchpoint: "email", seen_by: "one", caps: [{ per: "person", max: 2, within: "7 days" }, { per: "person", max: 1, within: "90 minutes" }, { per: "person", max: 50, within: "ever" }] };
  expect(definitionOf(draftOf(letter))).toEqual(letter);
  expect(definitionOf({ ...draftOf(letter), caps: [] })).not.toHaveProperty("caps");
});

it("tells nothing of her at a till", () => {
  expect(startOf("till").personal_facts).toBe(0);
  expect(draftOf({ touchpoint: "till" }).personal_facts).toBe(0);
});

it.each(TOUCHPOINTS)("begins with what a %s can show", (touchpoint) => {
  const start = startOf(touchpoint, "welcome");
  expect(definitionOf(draftOf(definitionOf(start)))).toEqual(definitionOf(start));
  expect(start.seen_by).toBe(touchpoint === "display" ? "many" : "one");
});

it("reads a silence", () => {
  expect(["30 minutes", "1 hour", "7 days", "90 seconds"].map(silenceOf)).toEqual([{ count: 30, unit: "minutes" }, { count: 1, unit: "hours" }, { count: 7, unit: "days" }, null]);
});
