/** What the till tells: sign-ups, orders, returns. Ordinary events of a trusted source. */
import type { Told } from "../frame/segue";
import { amount } from "../goods/money";
import { type Basket, type Line, saved, sum, unit } from "./basket";

/** Who stands at the till. Without a card: nobody known, under the name of this one visit. */
export interface Who {
  readonly visit: string;
  readonly card: string | null;
}

export function newVisitor(): Who {
  return { visit: `till-${crypto.randomUUID()}`, card: null };
}

/** For a question. */
export function identifiers({ card, visit }: Who): Record<string, string> {
  return card === null ? { anonymous_id: visit } : { loyalty_card: card };
}

/** For an event. A card is enough: a visit beside it would be one more device of hers. */
export function as({ card, visit }: Who, event: Told): Told {
  if (card === null) return { ...event, anonymousId: visit };
  const context = { ...(event.context as object | undefined), externalIds: [{ id: card, type: "loyalty_card" }] };
  return { ...event, anonymousId: undefined, context };
}

export interface SignUp {
  readonly card: string;
  readonly email: string;
  readonly personalisation: boolean;
  readonly marketing: boolean;
  /** what she was asked, as she read it */
  readonly wording: string;
}

/** Her card with what she agreed to, and what she did not. */
export function signedUp(who: Who, said: SignUp): Told[] {
  const her: Who = { ...who, card: said.card };
  const traits = { ...(said.email ? { email: said.email } : {}), loyalty_member: true };
  const about = { wording: said.wording };
  const words = [consent(said.personalisation, { purpose: "personalisation", ...about })];
  if (said.email) {
    words.push(consent(said.marketing, { purpose: "marketing", channel: "email", address: said.email, ...about }));
  }
  return [{ type: "identify", traits } as const, ...words].map((event) => as(her, event));
}

/** That a receipt goes to her address, and to nothing else that it could be used for. */
export function receiptWanted(who: Who, email: string, wording: string): Told[] {
  const words = consent(true, { purpose: "service", channel: "email", address: email, wording });
  return [{ type: "identify", traits: { email } } as const, words].map((event) => as(who, event));
}

function consent(yes: boolean, properties: object): Told {
  return { type: "track", event: yes ? "Consent Granted" : "Consent Withdrawn", properties };
}

export interface Receipt {
  readonly order_id: string;
  /** RFC 3339 */
  readonly at: string;
  readonly store: string;
  readonly currency: string;
  readonly who: Who;
  readonly lines: readonly Line[];
  /** sku → pieces that have come back */
  readonly returned: Readonly<Record<string, number>>;
  readonly total: number;
}

export interface Paid {
  readonly order_id: string;
  readonly at: string;
  readonly store: string;
  readonly currency: string;
  readonly receipt: "paper" | "email" | "none";
}

export function receiptOf(basket: Basket, who: Who, { order_id, at, store, currency }: Paid): Receipt {
  return { order_id, at, store, currency, who, lines: basket.lines, returned: {}, total: sum(basket.lines) };
}

/** The order, with the decision of what was accepted first; each of them has been told when she took it. */
export function completed(basket: Basket, who: Who, paid: Paid): Told {
  const first = basket.taken[0];
  const discount = saved(basket.lines);
  const coupon = basket.taken.find((one) => one.sku === null)?.action;
  const properties = {
    order_id: paid.order_id,
    ...(paid.store ? { store: paid.store } : {}),
    currency: paid.currency,
    revenue: amount(sum(basket.lines)),
    total: amount(sum(basket.lines)),
    ...(discount > 0 ? { discount: amount(discount) } : {}),
    ...(coupon ? { coupon } : {}),
    ...(first ? { decision_id: first.decision_id, slot: first.slot, action: first.action } : {}),
    receipt: paid.receipt,
    products: basket.lines.map(productOf),
  };
  return as(who, { type: "track", event: "Order Completed", properties });
}

function productOf(line: Line): object {
  return {
    product_id: line.sku,
    sku: line.sku,
    name: line.name,
    ...(line.category ? { category: line.category } : {}),
    ...(line.brand ? { brand: line.brand } : {}),
    quantity: line.quantity,
    price: amount(unit(line)),
  };
}

/** Pieces of a line that can still come back. */
export function left(receipt: Receipt, line: Line): number {
  return line.quantity - (receipt.returned[line.sku] ?? 0);
}

/** What of `asked` (sku → pieces) can come back, as lines. */
export function returning(receipt: Receipt, asked: Readonly<Record<string, number>>): Line[] {
  return receipt.lines
    .map((line) => ({ ...line, quantity: Math.min(Math.max(Math.trunc(asked[line.sku] ?? 0), 0), left(receipt, line)) }))
    .filter((line) => line.quantity > 0);
}

export function afterReturn(receipt: Receipt, lines: readonly Line[]): Receipt {
  const returned = { ...receipt.returned };
  for (const line of lines) returned[line.sku] = (returned[line.sku] ?? 0) + line.quantity;
  return { ...receipt, returned };
}

/** A return, or with all its lines a void; told of whoever bought. */
export function refunded(receipt: Receipt, lines: readonly Line[]): Told {
  const properties = {
    order_id: receipt.order_id,
    ...(receipt.store ? { store: receipt.store } : {}),
    currency: receipt.currency,
    total: amount(sum(lines)),
    products: lines.map(productOf),
  };
  return as(receipt.who, { type: "track", event: "Order Refunded", properties });
}
