/** What this till can scan: the catalogue while it answers, what it has seen of it otherwise. */
import { Away, NotThere, type Product, readProduct, readProducts } from "../goods/catalogue";

const KEPT = "segue.till.shelf";
const MOST = 600;
const FOUND = 24;

/** `3x milk`: three of it. */
export function typed(text: string): { pieces: number; text: string } {
  const found = /^\s*(\d{1,3})\s*[x*×]\s*(.+)$/i.exec(text);
  return found ? { pieces: Math.max(Number(found[1]), 1), text: (found[2] ?? "").trim() } : { pieces: 1, text: text.trim() };
}

export interface FoundProducts {
  readonly products: readonly Product[];
  /** here: the catalogue answers; away: it does not; none: this installation has none */
  readonly catalogue: "here" | "away" | "none";
}

/** Products by words; what was seen before where the catalogue is away. */
export async function look(text: string, store: string, signal?: AbortSignal): Promise<FoundProducts> {
  try {
    const { products } = await readProducts({ text, store, limit: FOUND }, signal);
    remember(products);
    return { products, catalogue: "here" };
  } catch (error) {
    if (error instanceof NotThere) return { products: [], catalogue: "none" };
    return { products: recall(text), catalogue: "away" };
  }
}

/** The product of that very number; null where there is none. */
export async function bySku(sku: string, store: string): Promise<Product | null> {
  try {
    const product = await readProduct(sku, store);
    remember([product]);
    return product;
  } catch (error) {
    return error instanceof Away ? (kept().find((one) => one.sku === sku) ?? null) : null;
  }
}

export function recall(text: string): Product[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const says = ({ name, category, brand, sku }: Product): string => [name, category, brand, sku].join(" ").toLowerCase();
  return kept().filter((one) => words.every((word) => says(one).includes(word))).slice(0, FOUND); // prettier-ignore
}

export function remember(products: readonly Product[]): void {
  const fresh = new Set(products.map((one) => one.sku));
  const all = [...products, ...kept().filter((one) => !fresh.has(one.sku))].slice(0, MOST);
  try {
    localStorage.setItem(KEPT, JSON.stringify(all));
  } catch {
    // storage is closed: what is away cannot be found
  }
}

function kept(): Product[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(found) ? (found as Product[]) : [];
  } catch {
    return [];
  }
}
