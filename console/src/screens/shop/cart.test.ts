import { beforeEach, expect, test } from "vitest";
import type { Product } from "../goods/catalogue";
import { type Cart, keepCart, newCart, piecesIn, priceOf, put, readCart, refreshed, savedIn, setPieces, sumOf, withCoupon } from "./cart";

const product = (sku: string, price: number, onHand: number | null = null): Product => ({
  sku, price, onHand, name: sku, category: null, brand: null, image: null,
}); // prettier-ignore
const tea = product("tea", 199);
const mug = product("mug", 1_050, 2);

beforeEach(() => localStorage.clear());

test("pieces add up, and there is never more than there is", () => {
  const cart = put(put(put(newCart(), tea, 2), mug, 1), mug, 5);
  expect(cart.lines.map((line) => [line.product.sku, line.quantity])).toEqual([["tea", 2], ["mug", 2]]);
  expect([sumOf(cart), piecesIn(cart), savedIn(cart)]).toEqual([2_498, 4, 0]);
  expect(put(newCart(), product("gone", 1, 0), 1).lines).toEqual([]);
  expect(setPieces(cart, tea, 0).lines.map((line) => line.product.sku)).toEqual(["mug"]);
  expect(setPieces(cart, tea, -1).lines).toHaveLength(1);
  expect(setPieces(cart, tea, 1_000).lines[0]?.quantity).toBe(99);
});

test("the better offer holds, and takes off its product only", () => {
  let cart: Cart = put(put(newCart(), tea, 1), mug, 1);
  cart = withCoupon(cart, { sku: "mug", percent: 10, action: "a" });
  cart = withCoupon(cart, { sku: "mug", percent: 5, action: "b" });
  expect([priceOf(cart, mug), priceOf(cart, tea), sumOf(cart), savedIn(cart)]).toEqual([945, 199, 1_144, 105]);
  cart = withCoupon(cart, { sku: "mug", percent: 20, action: "c" });
  expect(cart.coupons).toHaveLength(1);
  for (const percent of [0, -5, 101, Number.NaN]) expect(withCoupon(cart, { sku: "tea", percent, action: "x" })).toBe(cart);
});

test("a cart is told what has changed since", () => {
  const cart = put(put(newCart(), tea, 3), mug, 1);
  expect(refreshed(cart, new Map([["tea", tea], ["mug", mug]]))).toBeNull();
  expect(refreshed(cart, new Map())).toBeNull();
  const now = refreshed(cart, new Map<string, Product | null>([["tea", product("tea", 209, 2)], ["mug", null]]));
  expect(now?.lines.map((line) => [line.product.sku, line.quantity, line.product.price])).toEqual([["tea", 2, 209]]);
});

test("it is there again on the next visit, and what is no cart is none", () => {
  const cart = put(newCart(), tea, 1);
  keepCart(cart);
  expect(readCart()).toEqual(cart);
  localStorage.setItem("segue.shop.cart", '{"lines": 3}');
  expect(readCart().lines).toEqual([]);
  localStorage.setItem("segue.shop.cart", "{");
  expect(readCart().lines).toEqual([]);
});
