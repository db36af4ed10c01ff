/** Buying: nothing that is typed leaves the page, and the order is an event like any shop's. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { amount } from "../goods/money";
import { type Cart, newCart, priceOf, refreshed, savedIn, sumOf } from "./cart";
import { lookedUp } from "./CartPage";
import { Heading } from "./Heading";
import { go, hrefOf } from "./route";
import styles from "./Shop.module.css";
import { useShop } from "./shop";

const ORDERS = "segue.shop.orders";

/** Numbers of orders that this browser has made, newest first. */
export function ordersMade(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(ORDERS) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function made(order: string): void {
  try {
    localStorage.setItem(ORDERS, JSON.stringify([order, ...ordersMade()].slice(0, 20)));
  } catch {
    // storage is closed
  }
}

/** An order's or a checkout's properties, by Segment's e-commerce names. */
export function ordered(cart: Cart, currency: string): Record<string, unknown> {
  const off = savedIn(cart);
  const coupon = cart.coupons.find((one) => cart.lines.some((line) => line.product.sku === one.sku))?.action;
  return {
    currency,
    revenue: amount(sumOf(cart)),
    total: amount(sumOf(cart)),
    ...(off > 0 ? { discount: amount(off) } : {}),
    ...(off > 0 && coupon ? { coupon } : {}),
    products: cart.lines.map(({ product, quantity }) => ({
      product_id: product.sku,
      sku: product.sku,
      name: product.name,
      ...(product.category ? { category: product.category } : {}),
      ...(product.brand ? { brand: product.brand } : {}),
      quantity,
      price: amount(priceOf(cart, product)),
    })),
  };
}

export function Checkout() {
  const { say, sum, cart, change, segue, shop, announce, account } = useShop();
  const [busy, setBusy] = useState(false);
  const begun = useRef(false);

  useEffect(() => {
    if (begun.current || cart.lines.length === 0) return;
    begun.current = true;
    segue?.track("Checkout Started", { cart_id: cart.id, ...ordered(cart, shop.currency), value: amount(sumOf(cart)) });
  }, [cart, segue, shop]);

  const buy = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const now = await lookedUp(cart);
    setBusy(false);
    if (refreshed(cart, now) !== null) {
      change((latest) => refreshed(latest, now) ?? latest);
      announce(say("changed"));
      return;
    }
    const order = `web-${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 4)}`;
    segue?.track("Order Completed", { order_id: order, cart_id: cart.id, ...ordered(cart, shop.currency) });
    made(order);
    change(() => newCart());
    go(hrefOf({ page: "thanks", order }));
  };

  if (cart.lines.length === 0) {
    return (
      <div className={styles.nothing}>
        <Heading>{say("cartEmpty")}</Heading>
        <a href={hrefOf({ page: "home" })}>{say("goOn")}</a>
      </div>
    );
  }
  return (
    <>
      <Heading>{say("checkoutTitle")}</Heading>
      <form className={styles.form} name="checkout" data-segue-ignore="" onSubmit={(event) => void buy(event)}>
        <label>
          {say("fullName")}
          <input name="name" autoComplete="name" required maxLength={200} />
        </label>
        <label>
          {say("address")}
          <textarea name="address" autoComplete="street-address" rows={2} maxLength={500} />
        </label>
        <fieldset>
          <legend>{say("delivery")}</legend>
          <label>
            <input type="radio" name="delivery" value="parcel" defaultChecked /> {say("byParcel")}
          </label>
          <label>
            <input type="radio" name="delivery" value="store" /> {say("pickUp")}
          </label>
        </fieldset>
        <p className={styles.quiet}>{say("notKept")}</p>
        {account && <p>{account.email}</p>}
        <button type="submit" className="screen-button" disabled={busy}>
          {say("buy", { sum: sum(sumOf(cart)) })}
        </button>
      </form>
    </>
  );
}

export function Thanks({ order }: { order: string }) {
  const { say } = useShop();
  const known = ordersMade().includes(order);
  return (
    <div className={styles.nothing}>
      <Heading>{known ? say("thanks") : say("noOrder")}</Heading>
      {known && <p>{say("thanksText", { order })}</p>}
      <a className="screen-button" href={hrefOf({ page: "home" })}>
        {say("goOn")}
      </a>
    </div>
  );
}
