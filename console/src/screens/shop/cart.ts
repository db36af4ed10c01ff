/** The cart: what is in it, what an offer takes off, and what it comes to, in whole cents. */
import type { Product } from "../goods/catalogue";
import { reduced } from "../goods/money";

export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
}

/** An offer that she has followed: its product costs less for her. */
export interface Coupon {
  readonly sku: string;
  readonly percent: number;
  readonly action: string;
}

export interface Cart {
  readonly id: string;
  readonly lines: readonly CartLine[];
  readonly coupons: readonly Coupon[];
}

const KEPT = "segue.shop.cart";
const MOST = 99;

export function newCart(): Cart {
  return { id: `cart-${crypto.randomUUID()}`, lines: [], coupons: [] };
}

/** As many as can be had of a product. */
export function most(product: Product): number {
  return Math.min(product.onHand ?? MOST, MOST);
}

/** More of it, as far as there is any. */
export function put(cart: Cart, product: Product, pieces: number): Cart {
  const had = cart.lines.find((line) => line.product.sku === product.sku)?.quantity ?? 0;
  return setPieces(cart, product, had + pieces);
}

/** That many of it; none takes it out. */
export function setPieces(cart: Cart, product: Product, pieces: number): Cart {
  const quantity = Math.min(Math.max(Math.trunc(pieces) || 0, 0), most(product));
  const others = cart.lines.filter((line) => line.product.sku !== product.sku);
  const known = others.length < cart.lines.length;
  if (quantity === 0) return { ...cart, lines: others };
  const line = { product, quantity };
  const lines = known ? cart.lines.map((one) => (one.product.sku === product.sku ? line : one)) : [...cart.lines, line];
  return { ...cart, lines };
}

/** The better of two offers of the same product holds. */
export function withCoupon(cart: Cart, coupon: Coupon): Cart {
  if (!(coupon.percent > 0 && coupon.percent <= 100)) return cart;
  if (coupon.percent <= percentOff(cart, coupon.sku)) return cart;
  return { ...cart, coupons: [...cart.coupons.filter((one) => one.sku !== coupon.sku), coupon].slice(-20) };
}

export function percentOff(cart: Cart, sku: string): number {
  return cart.coupons.find((one) => one.sku === sku)?.percent ?? 0;
}

/** Of one piece. */
export function priceOf(cart: Cart, product: Product): number {
  return reduced(product.price, percentOff(cart, product.sku));
}

export function sumOf(cart: Cart): number {
  return cart.lines.reduce((all, { product, quantity }) => all + priceOf(cart, product) * quantity, 0);
}

export function savedIn(cart: Cart): number {
  return cart.lines.reduce((all, { product, quantity }) => all + (product.price - priceOf(cart, product)) * quantity, 0);
}

export function piecesIn(cart: Cart): number {
  return cart.lines.reduce((all, line) => all + line.quantity, 0);
}

/** With what products cost and how many there are now; null where nothing is different. */
export function refreshed(cart: Cart, products: ReadonlyMap<string, Product | null>): Cart | null {
  let changed = false;
  const lines = cart.lines.flatMap((line) => {
    const now = products.get(line.product.sku);
    if (now === undefined) return [line];
    const quantity = now === null ? 0 : Math.min(line.quantity, most(now));
    if (now === null || quantity !== line.quantity || now.price !== line.product.price) changed = true;
    return now === null || quantity === 0 ? [] : [{ product: now, quantity }];
  });
  return changed ? { ...cart, lines } : null;
}

export function readCart(from: Storage = localStorage): Cart {
  try {
    const found = JSON.parse(from.getItem(KEPT) ?? "null") as Partial<Cart> | null;
    if (found && typeof found.id === "string" && Array.isArray(found.lines) && Array.isArray(found.coupons)) return found as Cart;
  } catch {
    // storage is closed, or holds something else
  }
  return newCart();
}

export function keepCart(cart: Cart, into: Storage = localStorage): void {
  try {
    into.setItem(KEPT, JSON.stringify(cart));
  } catch {
    // storage is closed: the cart is there until the page is left
  }
}
