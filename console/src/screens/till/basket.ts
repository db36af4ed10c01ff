/** What is on the belt: lines, what was accepted, and what it comes to, in whole cents. */
import type { Product } from "../goods/catalogue";
import { reduced } from "../goods/money";

export type Article = Pick<Product, "sku" | "name" | "category" | "brand" | "price">;

/** An offer that the customer has taken. */
export interface Taken {
  readonly decision_id: string;
  readonly slot: number;
  readonly action: string;
  readonly headline: string;
  /** off the price of its product */
  readonly percent: number;
  /** null: it is about no product of the basket */
  readonly sku: string | null;
}

export interface Line extends Article {
  readonly quantity: number;
  readonly percent: number;
}

export interface Basket {
  readonly lines: readonly Line[];
  readonly taken: readonly Taken[];
}

export const EMPTY: Basket = { lines: [], taken: [] };
const MOST = 999;

/** One more piece, or some. A price that was read again is the price. */
export function scan(basket: Basket, article: Article, pieces = 1): Basket {
  const known = basket.lines.find((line) => line.sku === article.sku);
  if (known) {
    const line = { ...known, ...only(article), quantity: Math.min(known.quantity + pieces, MOST) };
    return { ...basket, lines: basket.lines.map((one) => (one === known ? line : one)) };
  }
  const percent = basket.taken.find((one) => one.sku === article.sku)?.percent ?? 0;
  return { ...basket, lines: [...basket.lines, { ...only(article), quantity: Math.min(pieces, MOST), percent }] };
}

function only({ sku, name, category, brand, price }: Article): Article {
  return { sku, name, category, brand, price };
}

/** That many pieces of a line; none voids it, and what was accepted for it goes with it. */
export function setQuantity(basket: Basket, sku: string, pieces: number): Basket {
  const quantity = Math.min(Math.max(Math.trunc(pieces) || 0, 0), MOST);
  if (quantity > 0) {
    return { ...basket, lines: basket.lines.map((line) => (line.sku === sku ? { ...line, quantity } : line)) };
  }
  return {
    lines: basket.lines.filter((line) => line.sku !== sku),
    taken: basket.taken.filter((one) => one.sku !== sku),
  };
}

/** She takes it: its product costs less from now on, and `article` is added where it is not there yet. */
export function take(basket: Basket, taken: Taken, article: Article | null): Basket {
  if (basket.taken.some((one) => one.action === taken.action)) return basket;
  const sku = taken.sku ?? article?.sku ?? null;
  const missing = article !== null && !basket.lines.some((line) => line.sku === article.sku);
  const added = missing ? scan(basket, article) : basket;
  const lines = added.lines.map((line) =>
    line.sku === sku ? { ...line, percent: Math.max(line.percent, taken.percent) } : line,
  );
  return { lines, taken: [...basket.taken, { ...taken, sku }] };
}

/** Of one piece, after what was accepted. */
export function unit(line: Line): number {
  return reduced(line.price, line.percent);
}

export function sum(lines: readonly Line[]): number {
  return lines.reduce((all, line) => all + unit(line) * line.quantity, 0);
}

export function saved(lines: readonly Line[]): number {
  return lines.reduce((all, line) => all + (line.price - unit(line)) * line.quantity, 0);
}

export function pieces(lines: readonly Line[]): number {
  return lines.reduce((all, line) => all + line.quantity, 0);
}

/** Whether nothing that was on the belt before has left it. */
export function grew(before: Basket, after: Basket): boolean {
  return before.lines.every((line) => (after.lines.find((one) => one.sku === line.sku)?.quantity ?? 0) >= line.quantity);
}
