import { expect, test } from "vitest";
import type { Decision } from "../frame/segue";
import { type Basket, EMPTY, scan } from "./basket";
import { type Answer, asked, type Offer, opens, shownAfter, skuOf } from "./offers";

const answer = (action: string, more: Partial<Answer> = {}): Answer => ({
  action, kind: "offer", variant: 0, discount: 0, personalised_price: false, content: { headline: action }, because: "", ...more,
}); // prettier-ignore
const decision = (id: string, ...slots: Answer[]): Decision => ({ decision_id: id, slots, fallback: false, policy: "" });
const names = (offers: Offer[]): string[] => offers.map((one) => `${one.decision.decision_id}:${one.answer.action}`);
const none = new Set<string>();
const basket: Basket = scan(EMPTY, { sku: "1", name: "Milk", category: "Dairy", brand: null, price: 119 });

test("new answers come first, and what was offered before stays", () => {
  const before = shownAfter(decision("d1", answer("a"), answer("b")), [], basket, none);
  const after = shownAfter(decision("d2", answer("c"), answer("a")), before, basket, none);
  expect(names(after)).toEqual(["d2:c", "d2:a", "d1:b"]);
  expect(names(shownAfter(decision("d3"), [], basket, none))).toEqual([]);
});

test("at most three, and none that she took or declined", () => {
  const many = decision("d1", answer("a"), answer("b"), answer("c"), answer("d"));
  expect(names(shownAfter(many, [], basket, none))).toHaveLength(3);
  const taken = { decision_id: "d", slot: 0, action: "a", headline: "", percent: 0, sku: null };
  expect(names(shownAfter(many, [], { ...basket, taken: [taken] }, new Set(["b"])))).toEqual(["d1:c", "d1:d"]);
});

test("what she has by now is not suggested", () => {
  const product = { sku: "1", name: "Milk", category: null, score: 1, reason: null };
  const same = answer("r", { kind: "recommendation", products: [product] });
  const more = answer("r", { kind: "recommendation", products: [product, { ...product, sku: "2" }] });
  expect(shownAfter(decision("d", same), [], basket, none)).toEqual([]);
  expect(shownAfter(decision("d", more), [], basket, none)).toHaveLength(1);
});

test("an answer without words is not shown", () => {
  expect(shownAfter(decision("d", answer("a", { content: {} })), [], basket, none)).toEqual([]);
});

test("an offer's product is its own, or the one it leads to", () => {
  expect(skuOf(answer("a", { sku: "9" }))).toBe("9");
  expect(skuOf(answer("a", { content: { link: "?x=1&product=a%2Fb#top" } }))).toBe("a/b");
  expect(skuOf(answer("a"))).toBeNull();
});

test("a service opens what it is about", () => {
  const linked = (link: string): Answer => answer("a", { content: { headline: "a", link } });
  expect(["?join=1", "?receipt=email", "?receipt=paper", "?product=1", ""].map((link) => opens(linked(link)))).toEqual([
    "join", "receipt", null, null, null,
  ]); // prettier-ignore
});

test("the belt goes along with its prices", () => {
  expect(asked(basket)).toEqual([{ sku: "1", quantity: 1, price: 1.19, category: "Dairy" }]);
});
