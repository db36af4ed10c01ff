import { expect, it } from "vitest";
import { toQuery } from "../segments/conditions";
import { definitionOf, placeOf, START } from "./definition";

it("writes what traits.yaml reads", () => {
  expect(definitionOf(START, "")).toEqual({ count: "Order Completed", window: "90 days" });
  expect(definitionOf({ ...START, how: "sum", field: "properties.revenue", window: "" }, "Spent")).toEqual({ sum: "properties.revenue", of: "Order Completed", title: "Spent" });
  expect(definitionOf({ ...START, how: "rate" }, "")).toEqual({ rate: "Order Completed", window: "90 days", per: "30 days" });
  expect(definitionOf({ ...START, how: "ratio", above: "a", below: "b" }, "")).toEqual({ ratio: ["a", "b"] });
  const where = { field: "products.category", op: "=", value: "BEEF" };
  expect(definitionOf({ ...START, where: toQuery(where) }, "")).toEqual({ count: "Order Completed", where, window: "90 days" });
  expect(definitionOf({ ...START, how: "share", where: toQuery(where) }, "")).toEqual({ share: "Order Completed", where, window: "90 days" });
});

it("waits for what is missing", () => {
  expect(definitionOf({ ...START, how: "sum" }, "")).toBeNull();
  expect(definitionOf({ ...START, how: "share" }, "")).toBeNull();
  expect(definitionOf({ ...START, how: "ratio", above: "a" }, "")).toBeNull();
});

it("finds the part of the form that an error speaks of", () => {
  expect(placeOf("traits.x.window: '90 dys' is no duration", "x", START)).toEqual({ part: "window", says: "'90 dys' is no duration" });
  expect(placeOf("traits.x.sum: 'propertie.revenue' leads nowhere", "x", { ...START, how: "sum" }).part).toBe("field");
  expect(placeOf("traits.x.count: expected the name of an event", "x", START).part).toBe("of");
  expect(placeOf("traits.x.where.all.0.op: '==' is not one of them", "x", START).part).toBe("where");
  expect(placeOf("something else", "x", START)).toEqual({ part: null, says: "something else" });
});
