import { describe, expect, test } from "vitest";
import { type Article, EMPTY, grew, pieces, saved, scan, setQuantity, sum, take, type Taken, unit } from "./basket";

const milk: Article = { sku: "1", name: "Milk", category: "Dairy", brand: "A", price: 119 };
const bread: Article = { sku: "2", name: "Bread", category: "Bakery", brand: null, price: 279 };
const off: Taken = { decision_id: "d", slot: 0, action: "bread_today", headline: "Bread", percent: 10, sku: "2" };

describe("the belt", () => {
  test("the same product twice is one line of two", () => {
    const basket = scan(scan(scan(EMPTY, milk), bread), milk);
    expect(basket.lines.map((line) => [line.sku, line.quantity])).toEqual([["1", 2], ["2", 1]]);
    expect([sum(basket.lines), pieces(basket.lines), saved(basket.lines)]).toEqual([517, 3, 0]);
  });

  test("no piece left is a void line, and nobody sells minus one", () => {
    const basket = scan(scan(EMPTY, milk), bread);
    expect(setQuantity(basket, "1", 0).lines.map((line) => line.sku)).toEqual(["2"]);
    expect(setQuantity(basket, "1", -3).lines.map((line) => line.sku)).toEqual(["2"]);
    expect(setQuantity(basket, "1", Number.NaN).lines).toHaveLength(1);
    expect(setQuantity(basket, "1", 5_000).lines[0]?.quantity).toBe(999);
    expect(setQuantity(basket, "1", 2.9).lines[0]?.quantity).toBe(2);
  });

  test("tenths and hundredths add up exactly", () => {
    const dime = { ...milk, price: 10 };
    expect(sum(scan(scan(EMPTY, dime), { ...bread, price: 20 }).lines)).toBe(30);
    expect(sum(scan(EMPTY, { ...milk, price: 33 }, 3).lines)).toBe(99);
  });
});

describe("what is accepted", () => {
  test("its product costs less, also pieces that are scanned afterwards", () => {
    const basket = scan(take(scan(EMPTY, bread), off, bread), bread);
    expect(basket.lines).toHaveLength(1);
    expect(basket.lines[0] && unit(basket.lines[0])).toBe(251);
    expect([sum(basket.lines), saved(basket.lines)]).toEqual([502, 56]);
  });

  test("a product that is not there yet is added once", () => {
    const basket = take(take(scan(EMPTY, milk), off, bread), off, bread);
    expect(basket.lines.map((line) => [line.sku, line.quantity, line.percent])).toEqual([["1", 1, 0], ["2", 1, 10]]);
    expect(basket.taken).toHaveLength(1);
  });

  test("it goes with its line", () => {
    const basket = setQuantity(take(EMPTY, off, bread), "2", 0);
    expect(basket).toEqual(EMPTY);
  });

  test("a coupon without a product changes no price", () => {
    const basket = take(scan(EMPTY, milk), { ...off, sku: null }, null);
    expect(sum(basket.lines)).toBe(119);
    expect(basket.taken).toHaveLength(1);
  });

  test("accepted before it is scanned holds when it is", () => {
    const basket = scan(take(EMPTY, off, null), bread);
    expect(basket.lines[0]?.percent).toBe(10);
  });
});

test("it is known whether something has left the belt", () => {
  const one = scan(EMPTY, milk);
  expect(grew(EMPTY, one)).toBe(true);
  expect(grew(one, scan(one, milk))).toBe(true);
  expect(grew(scan(one, milk), one)).toBe(false);
  expect(grew(one, scan(EMPTY, bread))).toBe(false);
});
