/** What the page says of itself. */
import { cleanAddress, cleanQuery, cleanText, looksPersonal } from "./cleaning";

/** A line of the basket, as a decision takes it. */
export interface BasketLine {
  sku: string;
  quantity: number;
  price?: number;
}

/** Segment's page context, cleaned. */
export interface PageContext {
  path: string;
  referrer: string;
  search: string;
  title: string;
  url: string;
}

const SEARCHES = ["q", "query", "search", "s", "keyword", "keywords"];

/** The page as it is at this moment. `referrer`: where she came from, as far as the page knows better. */
export function pageContext(keep: ReadonlySet<string>, referrer = document.referrer): PageContext {
  return {
    path: cleanText(location.pathname),
    referrer: referrer && cleanAddress(referrer, keep),
    search: cleanQuery(location.search, keep),
    title: cleanText(document.title),
    url: cleanAddress(location.href, keep),
  };
}

/** What she searches for on this page by its address; empty where she does not. */
export function searched(address: string): string {
  const query = new URL(address, location.href).searchParams;
  const words = SEARCHES.map((name) => query.get(name)?.trim()).find(Boolean) ?? "";
  return looksPersonal(words) ? "" : words.slice(0, 200);
}

/** What is in the basket, by `data-segue-basket`: `[{"sku": "1", "quantity": 2, "price": 9.5}]`; null: not said. */
export function basketOnPage(): BasketLine[] | null {
  const said = document.querySelector<HTMLElement>("[data-segue-basket]")?.dataset.segueBasket;
  if (said === undefined) return null;
  try {
    return basketLines(JSON.parse(said || "[]"));
  } catch {
    return [];
  }
}

const MOST_LINES = 100;

/** The lines of a basket that can be read: a sku, a quantity above zero, a price or none. */
export function basketLines(said: unknown): BasketLine[] {
  if (!Array.isArray(said)) return [];
  return said.flatMap((line: Record<string, unknown> | null) => {
    const sku = line?.sku ?? line?.product_id;
    const quantity = Number(line?.quantity ?? 1);
    if ((typeof sku !== "string" && typeof sku !== "number") || !(quantity > 0)) return [];
    const price = Number(line?.price);
    const priced = line?.price !== undefined && line.price !== null && price >= 0;
    return [{ sku: String(sku), quantity, ...(priced ? { price } : {}) }];
  }).slice(0, MOST_LINES);
}

/** The category that the page says it shows. */
export function categoryOnPage(): string | undefined {
  const element = document.querySelector<HTMLElement>("[data-segue-category]");
  return element?.dataset.segueCategory || undefined;
}

const PARTS = ["source", "medium", "term", "content", "id"];

/** `utm_*` of a query as Segment names them; null where there is none. */
export function utm(search: string): Record<string, string> | null {
  const query = new URLSearchParams(search);
  const found = [["name", query.get("utm_campaign")], ...PARTS.map((part) => [part, query.get(`utm_${part}`)])];
  const said = found.filter(([, value]) => value) as [string, string][];
  return said.length ? Object.fromEntries(said) : null;
}
