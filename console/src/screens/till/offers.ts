/** What the till has been answered, and what of it is still to be shown. */
import type { Decision, Slot } from "../frame/segue";
import type { Basket } from "./basket";

export type Answer = Slot & { readonly sku?: string | null };

export interface Offer {
  readonly decision: Decision;
  readonly slot: number;
  readonly answer: Answer;
}

export const MOST = 3;

/**
 * What is shown after a new answer: its slots first, then what she was offered before. An offer that was made holds for
 * the visit (its cap is spent), unless something has left the belt (`kept` empty), she has taken or declined it, or
 * it suggests what she has by now.
 */
export function shownAfter(answer: Decision, kept: readonly Offer[], basket: Basket, declined: ReadonlySet<string>): Offer[] {
  const fresh = answer.slots.map((one, slot) => ({ decision: answer, slot, answer: one }));
  const over = (offer: Offer): boolean =>
    declined.has(offer.answer.action) || basket.taken.some((one) => one.action === offer.answer.action) || nothingNew(offer, basket);
  const open = [...fresh, ...kept].filter((offer) => !over(offer) && worded(offer.answer));
  const first = open.filter((offer, at) => open.findIndex((one) => one.answer.action === offer.answer.action) === at);
  return first.slice(0, MOST);
}

function nothingNew({ answer }: Offer, basket: Basket): boolean {
  if (answer.kind !== "recommendation") return false;
  const has = new Set(basket.lines.map((line) => line.sku));
  const products = answer.products ?? [];
  return products.length > 0 && products.every((one) => has.has(one.sku));
}

/** There is something to say. */
function worded({ content, products }: Answer): boolean {
  return Boolean(content.headline || content.body || products?.length);
}

export function keyOf({ decision, slot }: Offer): string {
  return `${decision.decision_id}/${slot}`;
}

/** Its own product, else the one that its link leads to. */
export function skuOf({ sku, content }: Answer): string | null {
  if (sku) return sku;
  const query = /\?([^#]*)/.exec(content.link ?? "")?.[1] ?? "";
  return content.sku || new URLSearchParams(query).get("product") || null;
}

/** What taking it opens here: the sign-up, or a receipt by e-mail; null for what the till has no window for. */
export function opens({ content }: Answer): "join" | "receipt" | null {
  const query = new URLSearchParams(/\?([^#]*)/.exec(content.link ?? "")?.[1] ?? "");
  if (query.has("join")) return "join";
  return query.get("receipt") === "email" ? "receipt" : null;
}

/** The belt as a decision takes it. */
export function asked(basket: Basket): object[] {
  return basket.lines.map(({ sku, quantity, price, category, brand }) => ({
    sku, quantity, price: price / 100, ...(category ? { category } : {}), ...(brand ? { brand } : {}),
  })); // prettier-ignore
}
