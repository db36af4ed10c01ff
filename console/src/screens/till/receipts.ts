/** Receipts of this till, so that something can come back; forgotten when its window is closed. */
import type { Receipt } from "./selling";

const KEPT = "segue.till.receipts";
const MOST = 20;

/** Newest first. */
export function receiptsKept(from: Storage = sessionStorage): Receipt[] {
  try {
    const found: unknown = JSON.parse(from.getItem(KEPT) ?? "[]");
    return Array.isArray(found) ? (found as Receipt[]) : [];
  } catch {
    return [];
  }
}

/** With this one, in the place of the one before of its number. */
export function withReceipt(receipts: readonly Receipt[], receipt: Receipt, into: Storage = sessionStorage): Receipt[] {
  const known = receipts.some((one) => one.order_id === receipt.order_id);
  const all = known
    ? receipts.map((one) => (one.order_id === receipt.order_id ? receipt : one))
    : [receipt, ...receipts].slice(0, MOST);
  try {
    into.setItem(KEPT, JSON.stringify(all));
  } catch {
    // storage is closed: they are known until the page is left
  }
  return all;
}

/** A number that no other receipt has. */
export function orderNumber(store: string, at: number): string {
  const drawn = crypto.getRandomValues(new Uint16Array(2));
  const tail = [...drawn].map((one) => one.toString(36).padStart(4, "0")).join("");
  return `till-${store ? `${store}-` : ""}${at.toString(36)}-${tail}`;
}
