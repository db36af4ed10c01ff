import { expect, test } from "vitest";
import { type Article, EMPTY, scan, sum, take } from "./basket";
import { afterReturn, as, completed, identifiers, left, receiptOf, receiptWanted, refunded, returning, signedUp, type Who } from "./selling";

const milk: Article = { sku: "1", name: "Milk", category: "Dairy", brand: null, price: 119 };
const bread: Article = { sku: "2", name: "Bread", category: null, brand: null, price: 279 };
const nobody: Who = { visit: "till-v", card: null };
const ann: Who = { visit: "till-v", card: "4711" };
const paid = { order_id: "o-1", at: "2026-03-01T12:00:00Z", store: "s1", currency: "EUR", receipt: "paper" } as const;
const taken = { decision_id: "d1", slot: 1, action: "bread_today", headline: "Bread", percent: 10, sku: "2" };

test("an event is said by the card, and by the visit only where there is none", () => {
  expect(identifiers(nobody)).toEqual({ anonymous_id: "till-v" });
  expect(identifiers(ann)).toEqual({ loyalty_card: "4711" });
  expect(JSON.parse(JSON.stringify(as(ann, { type: "track", event: "E", anonymousId: "device" })))).toEqual({
    type: "track", event: "E", context: { externalIds: [{ id: "4711", type: "loyalty_card" }] },
  }); // prettier-ignore
  expect(as(nobody, { type: "track", event: "E" }).anonymousId).toBe("till-v");
});

test("an order says what was paid, what was saved, and which decision led to it", () => {
  const basket = take(scan(scan(EMPTY, milk, 2), bread), taken, bread);
  const { event, properties } = completed(basket, ann, paid) as unknown as { event: string; properties: Record<string, unknown> };
  expect(event).toBe("Order Completed");
  expect(properties).toMatchObject({
    order_id: "o-1", store: "s1", currency: "EUR", revenue: 4.89, total: 4.89, discount: 0.28, decision_id: "d1", slot: 1,
    action: "bread_today", receipt: "paper",
  }); // prettier-ignore
  expect(properties.products).toEqual([
    { product_id: "1", sku: "1", name: "Milk", category: "Dairy", quantity: 2, price: 1.19 },
    { product_id: "2", sku: "2", name: "Bread", quantity: 1, price: 2.51 },
  ]);
});

test("an order that nothing was accepted for names no decision", () => {
  const { properties } = completed(scan(EMPTY, milk), nobody, paid) as unknown as { properties: object };
  expect(Object.keys(properties)).not.toContain("decision_id");
  expect(Object.keys(properties)).not.toContain("discount");
});

test("what she did not agree to is told as a no", () => {
  const said = { card: "4711", email: "a@b.example", personalisation: true, marketing: false, wording: "May we …?" };
  const [who, ...words] = signedUp(nobody, said);
  expect(who).toMatchObject({ type: "identify", traits: { email: "a@b.example" }, context: { externalIds: [{ id: "4711" }] } });
  expect(words.map((one) => [one.event, (one.properties as { purpose: string }).purpose])).toEqual([
    ["Consent Granted", "personalisation"],
    ["Consent Withdrawn", "marketing"],
  ]);
  expect(signedUp(nobody, { ...said, email: "" })).toHaveLength(2);
});

test("a receipt by e-mail agrees to nothing else", () => {
  const words = receiptWanted(nobody, "a@b.example", "Send it").filter((one) => one.type === "track");
  expect(words.map((one) => (one.properties as { purpose: string }).purpose)).toEqual(["service"]);
});

test("no more comes back than was bought, and money back is what was paid", () => {
  const basket = take(scan(scan(EMPTY, milk, 2), bread), taken, bread);
  let receipt = receiptOf(basket, ann, paid);
  const first = returning(receipt, { "1": 1, "2": 5, other: 1 });
  expect(first.map((line) => [line.sku, line.quantity])).toEqual([["1", 1], ["2", 1]]);
  expect((refunded(receipt, first) as unknown as { properties: { total: number } }).properties.total).toBe(3.7);
  receipt = afterReturn(receipt, first);
  const rest = returning(receipt, { "1": 9, "2": 9 });
  expect(rest.map((line) => [line.sku, line.quantity])).toEqual([["1", 1]]);
  expect(sum(first) + sum(rest)).toBe(receipt.total);
  receipt = afterReturn(receipt, rest);
  expect(receipt.lines.map((line) => left(receipt, line))).toEqual([0, 0]);
  expect(returning(receipt, { "1": 1, "2": -1 })).toEqual([]);
});
