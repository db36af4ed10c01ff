import { expect, it } from "vitest";
import { grouped, unitOf } from "./predictions";

const said = (value: number) => ({ value, low: value, high: value, model: "predict@1" });

it("puts what she will do before who she may be, and near times before far ones", () => {
  const { likely, profile, axes } = grouped({
    "buys_14d.MILK": said(0.4), spend_90d: said(12), "profile.age": said(0.6), buys_30d: said(0.9), buys_7d: said(0.5), "axis.baby": said(0.1), "axis.green": said(0.7),
  });
  expect(likely.map(({ name }) => name)).toEqual(["buys_7d", "buys_14d.MILK", "buys_30d", "spend_90d"]);
  expect(profile.map(({ name }) => name)).toEqual(["profile.age"]);
  expect(axes.map(({ name }) => name)).toEqual(["axis.green", "axis.baby"]);
});

it("knows what is counted in money, what in days and what in shares", () => {
  expect([unitOf("spend_90d"), unitOf("value_365d"), unitOf("next_visit"), unitOf("churn_90d")]).toEqual(["money", "money", "days", "share"]);
});
