import { expect, it } from "vitest";
import { grouped, reasonOf, unitOf } from "./predictions";

const said = (value: number) => ({ value, low: value, high: value, model: "predict@1" });

it("puts what she will do before who she may be, and near times before far ones", () => {
  const { likely, profile, axes } = grouped({
    "buys_14d.MILK": said(0.4), spend_90d: said(12), "profile.age": said(0.6), buys_30d: said(0.9), buys_7d: said(0.5), "profile.axis_baby": said(0.1), "profile.axis_green": said(0.7),
  });
  expect(likely.map(({ name }) => name)).toEqual(["buys_7d", "buys_14d.MILK", "buys_30d", "spend_90d"]);
  expect(profile.map(({ name }) => name)).toEqual(["profile.age"]);
  expect(axes.map(({ name }) => name)).toEqual(["profile.axis_green", "profile.axis_baby"]);
});

it("knows what is counted in money, what in days and what in shares", () => {
  expect([unitOf("spend_90d"), unitOf("ltv_365d"), unitOf("next_visit"), unitOf("churn_90d")]).toEqual(["money", "money", "days", "share"]);
});

it("tells which way a reason points", () => {
  expect(reasonOf("last bought 2 days ago, usually every 3 days; speaks for an order within 14 days")).toEqual({ what: "last bought 2 days ago, usually every 3 days", speaks: "for" });
  expect(reasonOf("in 13% of her orders")).toEqual({ what: "in 13% of her orders", speaks: null });
});
