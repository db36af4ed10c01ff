/** What the demo's shop sells, as its pages and the till read it. */
import { cents } from "./money";

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string | null;
  readonly brand: string | null;
  readonly image: string | null;
  /** of one piece, here */
  readonly price: number;
  /** null: nobody counts them */
  readonly onHand: number | null;
}

export interface StoreStock {
  readonly store: string;
  readonly name: string;
  readonly on_hand: number;
}

export interface ProductWhole extends Product {
  readonly stores: readonly StoreStock[];
}

export interface Customer {
  readonly user_id: string;
  readonly email: string;
  readonly loyalty_card: string;
}

export interface Shop {
  readonly currency: string;
  readonly categories: readonly { readonly name: string; readonly products: number }[];
  readonly customers: readonly Customer[];
}

export interface ProductPage {
  readonly products: readonly Product[];
  readonly next: number | null;
}

export interface Wanted {
  readonly category?: string;
  readonly text?: string;
  readonly store?: string;
  readonly after?: number;
  readonly limit?: number;
}

/** There is no such thing, or no shop at all. */
export class NotThere extends Error {}

/** Nobody answers. */
export class Away extends Error {}

const SHOP = "/api/v1/shop";
const PATIENCE = 8_000;

export async function readShop(signal?: AbortSignal): Promise<Shop> {
  return (await get(SHOP, signal)) as Shop;
}

export async function readProducts(wanted: Wanted, signal?: AbortSignal): Promise<ProductPage> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) if (value !== "" && value !== undefined) query.set(name, String(value));
  const page = (await get(`${SHOP}/products?${query}`, signal)) as { products: Told[]; next: number | null };
  return { products: page.products.map(productOf), next: page.next };
}

export async function readProduct(sku: string, store = "", signal?: AbortSignal): Promise<ProductWhole> {
  const query = store ? `?${new URLSearchParams({ store })}` : "";
  const told = (await get(`${SHOP}/products/${encodeURIComponent(sku)}${query}`, signal)) as Told & { stores: StoreStock[] };
  return { ...productOf(told), stores: told.stores };
}

interface Told {
  sku: string;
  name: string;
  category: string | null;
  brand: string | null;
  image: string | null;
  price: string;
  on_hand: number | null;
}

function productOf({ sku, name, category, brand, image, price, on_hand }: Told): Product {
  return { sku, name, category, brand, image, price: cents(price) ?? 0, onHand: on_hand };
}

async function get(path: string, signal?: AbortSignal): Promise<unknown> {
  const late = AbortSignal.timeout(PATIENCE);
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "omit", signal: signal ? AbortSignal.any([signal, late]) : late });
  } catch {
    throw new Away();
  }
  if (answer.status === 404) throw new NotThere();
  if (!answer.ok) throw new Away();
  return answer.json();
}
