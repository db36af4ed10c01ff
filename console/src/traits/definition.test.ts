import { expect, it } from "vitest";
import { definitionOf, START } from "./definition";

it("writes what traits.yaml reads", () => {
  expect(definitionOf(START, "")).toEqual({ count: "Order Completed", window: "90 days" });
  expect(definitionOf({ ...START, how: "sum", field: "properties.revenue", window: "" }, "Spent")).toEqual({ sum: "properties.revenue", of: "Order Completed", title: "Spent" });
  expect(definitionOf({ ...START, how: "rate" }, "")).toEqual({ rate: "Order Completed", window: "90 days", per: "30 days" });
  expect(definitionOf({ ...START, how: "ratio", above: "a", below: "b" }, "")).toEqual({ ratio: ["a", "b"] });
});

it("waits for what is missing", () => {
  expect(definitionOf({ ...START, how: "sum" }, "")).toBeNull();
  expect(definitionOf({ ...START, how: "share" }, "")).toBeNull();
  expect(definitionOf({ ...START, how: "ratio", above: "a" }, "")).toBeNull();
});
