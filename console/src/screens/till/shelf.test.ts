import { beforeEach, expect, test } from "vitest";
import type { Product } from "../goods/catalogue";
import { recall, remember, typed } from "./shelf";

const product = (sku: string, name: string, category: string | null = null): Product => ({
  sku, name, category, brand: null, image: null, price: 100, onHand: null,
}); // prettier-ignore

beforeEach(() => localStorage.clear());

test("a number before x is how many", () => {
  expect(typed(" 3x milk ")).toEqual({ pieces: 3, text: "milk" });
  expect(typed("12 * 4011")).toEqual({ pieces: 12, text: "4011" });
  expect(typed("0x milk")).toEqual({ pieces: 1, text: "milk" });
  expect(typed("4011")).toEqual({ pieces: 1, text: "4011" });
  expect(typed("xylitol")).toEqual({ pieces: 1, text: "xylitol" });
});

test("what was seen is found again by all of its words, the latest price of it", () => {
  remember([product("1", "Milk", "Dairy"), product("2", "Milk bread")]);
  remember([{ ...product("1", "Milk", "Dairy"), price: 120 }]);
  expect(recall("MILK").map((one) => [one.sku, one.price])).toEqual([["1", 120], ["2", 100]]);
  expect(recall("dairy milk").map((one) => one.sku)).toEqual(["1"]);
  expect(recall("cheese")).toEqual([]);
  localStorage.setItem("segue.till.shelf", "{");
  expect(recall("milk")).toEqual([]);
});
