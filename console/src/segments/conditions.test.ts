import { describe, expect, it } from "vitest";
import { isWhole, readValue, toCondition, toQuery } from "./conditions";

const WHOLE: Record<string, unknown>[] = [
  { all: [{ field: "traits.orders_90d", op: ">=", value: 3 }, { any: [{ field: "attributes.city", op: "in", value: ["Berlin", "Hamburg"] }, { field: "predictions.churn_30d", op: ">", value: 0.6 }] }] },
  { not: { did: "Order Refunded", at_least: 1, within: "30 days" } },
  { all: [{ did: "Product Viewed", where: { field: "properties.category", op: "=", value: "shoes" }, at_least: 2, within: "7 days" }] },
  { all: [{ did: "Order Completed", where: { any: [{ field: "properties.store", op: "in", value: ["450", "32004"] }, { not: { field: "products.price", op: "<", value: 5 } }] }, at_least: 1 }] },
  { all: [{ consent: "marketing", channel: "email", is: "granted" }, { segment: "loyal_customers" }] },
  { all: [{ near: { store: "s12", km: 3 }, within: "2 hours" }] },
  { not: { all: [{ field: "attributes.vip", op: "=", value: true }, { field: "attributes.zip", op: "=", value: "01067" }] } },
  { all: [{ field: "attributes.tags", op: "in", value: ["a, b", "12", 12, " x"] }, { field: "attributes.email", op: "missing" }] },
];

describe("a condition through the builder and back", () => {
  it.each(WHOLE.map((when) => [JSON.stringify(when), when] as const))("%s", (_, when) => {
    expect(toCondition(toQuery(when))).toEqual(when);
  });

  it("stands in a group of its own when it is a single one", () => {
    expect(toCondition(toQuery({ segment: "a" }))).toEqual({ all: [{ segment: "a" }] });
  });
});

it("reads numbers, truths and quoted text", () => {
  expect(["3", "-1.5", "true", '"3"', "Berlin", "01067x"].map(readValue)).toEqual([3, -1.5, true, "3", "Berlin", "01067x"]);
});

it("is not whole while a value is missing", () => {
  expect(isWhole({ combinator: "and", rules: [{ field: "traits.x", operator: ">", value: "" }] })).toBe(false);
  expect(isWhole(toQuery({ all: [{ field: "traits.x", op: "exists" }] }))).toBe(true);
  expect(isWhole(toQuery({ all: [] }))).toBe(false);
});

it("is not whole while a condition on its event is not, and asks for nothing where there is none", () => {
  const act = (where: object) => ({ combinator: "and", rules: [{ field: "did", operator: "did", value: { event: "page", at_least: 1, within: null, where } }] });
  expect(isWhole(act({ combinator: "and", rules: [{ field: "properties.path", operator: "=", value: "" }] }))).toBe(false);
  expect(toCondition(act({ combinator: "and", rules: [] }))).toEqual({ all: [{ did: "page", at_least: 1 }] });
});
