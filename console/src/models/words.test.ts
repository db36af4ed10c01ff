import { expect, it } from "vitest";
import { makeFormat } from "../parts/format";
import type { Figure } from "./data";
import { amountOf, keyOf, sorted, verdictOf } from "./words";

const figure = { value: 0.8, low: 0.78, high: 0.82, better: "higher" as const, yardstick_value: 0.7 };

it("is better only when its interval leaves the yardstick out", () => {
  expect(verdictOf(figure)).toBe("better");
  expect(verdictOf({ ...figure, yardstick_value: 0.79 })).toBe("equal");
  expect(verdictOf({ ...figure, yardstick_value: 0.9 })).toBe("worse");
});

it("knows that an error is better when it is smaller, and a bias when it is near zero", () => {
  expect(verdictOf({ ...figure, better: "lower" })).toBe("worse");
  expect(verdictOf({ value: -0.02, low: null, high: null, better: "zero", yardstick_value: 0.12 })).toBe("better");
  expect(verdictOf({ value: -0.057, low: -0.08, high: -0.036, better: "zero", yardstick_value: -0.044 })).toBe("equal");
});

it("says nothing without a yardstick or a value", () => {
  expect(verdictOf({ ...figure, yardstick_value: null })).toBeNull();
  expect(verdictOf({ ...figure, value: null })).toBeNull();
});

it("tells a figure in its unit", () => {
  const tell = (name: string, of: string, value: number) => amountOf({ name, of }, value, makeFormat("en", "UTC", "USD"), (days) => `${days.toFixed(1)} days`);
  expect([tell("mae", "next_visit", 10.42), tell("mae", "spend_90d", 184.4), tell("lift@10%", "", 4.584), tell("bias", "spend_90d", 0.057), tell("auc", "churn", 0.8)]).toEqual(["10.4 days", "$184.40", "4.58×", "+5.7%", "0.800"]);
});

it("keeps what the surest are apart from the table, and one prediction's figures together", () => {
  const of = (name: string, about: string, value = 0.5): Figure => ({ ...figure, name, of: about, value, rows: 10, yardstick: null });
  const { table, sure, axes } = sorted([of("auc", "a"), of("auc", "b"), of("ece", "a"), of("accuracy of the surest 10%", "a", 0.9), of("reliability", "axis_baby")]);
  expect(table.map(({ name, of: about }) => `${about} ${name}`)).toEqual(["a auc", "a ece", "b auc"]);
  expect(sure).toEqual([{ of: "a", right: new Map([[10, 0.9]]) }]);
  expect(axes).toHaveLength(1);
});

it("makes keys of names", () => {
  expect(["buys_14d.*", "likeness to the seed's centre", "MBG/CNBD-2", "others' orders"].map(keyOf)).toEqual(["buys_14d_any", "likeness_to_the_seeds_centre", "mbg_cnbd_2", "others_orders"]);
});
