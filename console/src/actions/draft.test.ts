import { describe, expect, it } from "vitest";
import { amount, definitionOf, draftOf, KINDS, newLever, openIn, startOf } from "./draft";

const WHOLE = {
  kind: "offer",
  title: "Free coffee",
  group: "coffee",
  valid: { from: "2026-01-01", until: "2026-12-31" },
  audience: { field: "traits.orders_90d", op: ">=", value: 1 },
  applicable: { any: [{ field: "context.daypart", op: "=", value: "morning" }, { field: "basket.value", op: ">", value: 20 }] },
  suitable: { not: { all: [{ segment: "open_complaint" }] } },
  value: 1.8,
  cost: 0.05,
  purpose: "personalisation",
  sensitivity: "alcohol",
  stock: { sku: "123" },
  discounts: [0, 5, 10],
  floor: 2.49,
  caps: [{ per: "person", max: 2, within: "7 days" }, { per: "everybody", max: 100, group: "coffee", channel: "till", within: "ever" }],
  suppress: [{ outcome: "dismissed", count: 3, group: "coffee", within: "7 days", pause: "30 days" }],
  levers: [{ when: { did: "Product Viewed", at_least: 2, within: "7 days" }, multiply: 2 }],
  content: [
    { format: "banner", locale: "en", headline: "Good morning, {{ person.first_name | default: 'there' }}", because: "because you like our coffee" },
    { format: "line", text: "A coffee with it?", fine_print: "until noon" },
  ],
  attribution: "45 minutes",
};

describe("an action through the form and back", () => {
  it("says the same", () => {
    expect(definitionOf(draftOf(WHOLE))).toEqual({ ...WHOLE, suitable: { not: { segment: "open_complaint" } } });
  });

  it.each(["kind", ...Object.keys(WHOLE)])("loses nothing without %s", (left) => {
    const { [left as "title"]: _, ...rest } = WHOLE;
    const said = definitionOf(draftOf(rest));
    expect(definitionOf(draftOf(said))).toEqual(said);
    expect(said).not.toHaveProperty(left === "kind" ? "nothing" : left);
  });
});

it("begins careful: what asks for something is not shown for ever", () => {
  for (const kind of KINDS) {
    const said = definitionOf(startOf(kind, ["tile", "line"]));
    expect("caps" in said && "suppress" in said).toBe(kind !== "content" && kind !== "service");
    expect(said.content).toEqual([{ format: "tile" }]);
  }
});

it("reads amounts as they are typed", () => {
  expect(["1.80", "1,8", " 3 ", "", "dear", "-1"].map(amount)).toEqual([1.8, 1.8, 3, null, "dear", -1]);
});

it("knows what is left open", () => {
  const draft = startOf("offer");
  expect(openIn(draft)).toEqual(["content"]);
  const begun = { ...draft, audience: { combinator: "and", rules: [{ field: "traits.x", operator: "=", value: "" }] }, levers: [newLever()], content: [] };
  expect(openIn(begun)).toEqual(["conditions", "levers"]);
  expect(definitionOf(begun)).not.toHaveProperty("audience");
});
