/** The cart, brought up to date with prices and stock whenever it is looked at. */
import { useEffect, useRef } from "react";
import { NotThere, type Product, readProduct } from "../goods/catalogue";
import { plainly } from "../goods/names";
import { Picture } from "../goods/Picture";
import { type Cart, type CartLine, most, percentOff, priceOf, refreshed, savedIn, setPieces, sumOf } from "./cart";
import { Price } from "./Goods";
import { Heading } from "./Heading";
import { hrefOf } from "./route";
import styles from "./Shop.module.css";
import { useShop } from "./shop";
import { Slot } from "./Slot";

/** What the lines of a cart cost now, and how many there are; what does not answer is left out. */
export async function lookedUp(cart: Cart): Promise<Map<string, Product | null>> {
  const found = await Promise.all(
    cart.lines.map(async ({ product }): Promise<[string, Product | null] | null> => {
      try {
        return [product.sku, await readProduct(product.sku)];
      } catch (error) {
        return error instanceof NotThere ? [product.sku, null] : null;
      }
    }),
  );
  return new Map(found.filter((one) => one !== null));
}

export function CartPage() {
  const { say, sum, cart, change, segue, announce } = useShop();
  const signature = cart.lines.map(({ product, quantity }) => `${product.sku}:${quantity}`).join(" ");

  useEffect(() => {
    let gone = false;
    void lookedUp(cart).then((now) => {
      if (gone || refreshed(cart, now) === null) return;
      change((latest) => refreshed(latest, now) ?? latest);
      announce(say("changed"));
    });
    return () => {
      gone = true;
    };
    // once a visit of the page
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const asked = useRef(signature); // the slot asks by itself when it appears
  useEffect(() => {
    if (asked.current === signature) return;
    const timer = setTimeout(() => {
      asked.current = signature;
      segue?.refresh(); // another cart, another answer
    }, 400);
    return () => clearTimeout(timer);
  }, [signature, segue]);

  if (cart.lines.length === 0) {
    return (
      <div className={styles.nothing}>
        <Heading>{say("cartEmpty")}</Heading>
        <p>{say("cartEmptyText")}</p>
        <a className="screen-button" href={hrefOf({ page: "home" })}>
          {say("goOn")}
        </a>
      </div>
    );
  }
  return (
    <>
      <Heading>{say("cart")}</Heading>
      <ul className={styles.cartLines}>
        {cart.lines.map((line) => (
          <Line key={line.product.sku} line={line} />
        ))}
      </ul>
      <dl className={styles.sums}>
        {savedIn(cart) > 0 && (
          <div data-saved>
            <dt>{say("saved")}</dt>
            <dd>{sum(savedIn(cart))}</dd>
          </div>
        )}
        <div data-total>
          <dt>{say("sum")}</dt>
          <dd>{sum(sumOf(cart))}</dd>
        </div>
      </dl>
      <p className={styles.next}>
        <a href={hrefOf({ page: "home" })}>{say("goOn")}</a>
        <a className="screen-button" href={hrefOf({ page: "checkout" })}>
          {say("checkout")}
        </a>
      </p>
      <Slot placement="cart" kind="lines" headline={say("homeText")} />
    </>
  );
}

function Line({ line: { product, quantity } }: { line: CartLine }) {
  const { say, sum, cart, change, shop } = useShop();
  const name = plainly(product.name);
  const about = {
    "data-segue-name": product.name,
    "data-segue-price": (product.price / 100).toFixed(2),
    "data-segue-currency": shop.currency,
    "data-segue-quantity": quantity,
  };
  return (
    <li className={styles.cartLine} data-sku={product.sku}>
      <Picture product={product} />
      <a href={hrefOf({ page: "product", sku: product.sku })}>{name}</a>
      <Price product={product} />
      <input
        type="number"
        min={1}
        max={most(product)}
        value={quantity}
        aria-label={say("quantity", { name })}
        onChange={(event) => {
          const pieces = Math.trunc(Number(event.target.value));
          if (pieces > 0) change((now) => setPieces(now, product, pieces));
        }}
      />
      <strong>{sum(priceOf(cart, product) * quantity)}</strong>
      <button
        type="button"
        className={styles.removeLine}
        aria-label={say("remove", { name })}
        data-segue-remove={product.sku}
        {...about}
        onClick={() => change((now) => setPieces(now, product, 0))}
      >
        ×
      </button>
      {percentOff(cart, product.sku) > 0 && <small className={styles.quiet}>{say("yours")}</small>}
    </li>
  );
}
