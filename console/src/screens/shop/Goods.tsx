/** Products in lists: cards, and pages of them. */
import { type ReactNode, useState } from "react";
import { type Product, type ProductPage, readProducts, type Wanted } from "../goods/catalogue";
import { Picture } from "../goods/Picture";
import { plainly } from "../goods/names";
import { percentOff, priceOf, put } from "./cart";
import { hrefOf } from "./route";
import styles from "./Shop.module.css";
import { useShop } from "./shop";
import { useLoaded } from "./useLoaded";

/** What the SDK reads of a product. */
export function marked(product: Product, currency: string): Record<string, string> {
  return {
    "data-segue-product": product.sku,
    "data-segue-name": product.name,
    "data-segue-price": (product.price / 100).toFixed(2),
    "data-segue-currency": currency,
    ...(product.category ? { "data-segue-category": product.category } : {}),
    ...(product.brand ? { "data-segue-brand": product.brand } : {}),
    "data-segue-url": hrefOf({ page: "product", sku: product.sku }),
  };
}

export function Price({ product }: { product: Product }) {
  const { cart, sum, say } = useShop();
  const percent = percentOff(cart, product.sku);
  return (
    <span className={styles.price}>
      {percent > 0 && <s>{sum(product.price)}</s>} <strong>{sum(priceOf(cart, product))}</strong>
      {percent > 0 && <mark title={say("yours")}>{say("off", { percent })}</mark>}
    </span>
  );
}

export function Stock({ onHand }: { onHand: number | null }) {
  const { say } = useShop();
  if (onHand === 0) return <span className={styles.stock} data-stock="none">{say("soldOut")}</span>; // prettier-ignore
  if (onHand !== null && onHand < 10) return <span className={styles.stock} data-stock="few">{say("fewLeft", { count: onHand })}</span>; // prettier-ignore
  return <span className={styles.stock}>{say("inStock")}</span>;
}

export function AddButton({ product, pieces = 1 }: { product: Product; pieces?: number }) {
  const { say, change, announce } = useShop();
  const name = plainly(product.name);
  return (
    <button
      type="button"
      className="screen-button"
      disabled={product.onHand === 0}
      data-segue-add={product.sku}
      data-segue-quantity={pieces}
      aria-label={`${say("add")}: ${name}`}
      onClick={() => {
        change((cart) => put(cart, product, pieces));
        announce(say("added", { name }));
      }}
    >
      {say("add")}
    </button>
  );
}

export function Card({ product }: { product: Product }) {
  const { shop } = useShop();
  return (
    <li className={styles.productCard} {...marked(product, shop.currency)}>
      <a href={hrefOf({ page: "product", sku: product.sku })}>
        <Picture product={product} />
        <span className={styles.cardName}>{plainly(product.name)}</span>
        {product.brand && <small>{plainly(product.brand)}</small>}
      </a>
      <div className={styles.cardFoot}>
        <Price product={product} />
        <Stock onHand={product.onHand} />
      </div>
      <AddButton product={product} />
    </li>
  );
}

export function Trouble({ again }: { again: () => void }) {
  const { say } = useShop();
  return (
    <div className={styles.trouble} role="alert">
      <p>{say("away")}</p>
      <button type="button" className="screen-button" data-quiet onClick={again}>
        {say("again")}
      </button>
    </div>
  );
}

export function Waiting() {
  const { say } = useShop();
  return (
    <div className={styles.waiting} role="status" aria-label={say("loading")}>
      {Array.from({ length: 8 }, (_, at) => (
        <span key={at} />
      ))}
    </div>
  );
}

/** Products of a category, or of a search; `none` is what there is to say where there are none. */
export function Listing({ wanted, none, count = false }: { wanted: Wanted; none: ReactNode; count?: boolean }) {
  const { say } = useShop();
  const first = useLoaded(`list ${JSON.stringify(wanted)}`, (signal) => readProducts(wanted, signal));
  if (first.state === "loading") return <Waiting />;
  if (first.state === "away") return <Trouble again={first.again} />;
  if (first.state === "none" || first.value.products.length === 0) return <>{none}</>;
  const { products, next } = first.value;
  return (
    <>
      {count && <p className={styles.count}>{say(next ? "foundMore" : "found", { count: products.length })}</p>}
      <Pages key={JSON.stringify(wanted)} wanted={wanted} first={first.value} />
    </>
  );
}

const shown = new Map<string, ProductPage>(); // further pages, for who comes back

function Pages({ wanted, first }: { wanted: Wanted; first: ProductPage }) {
  const { say } = useShop();
  const name = JSON.stringify(wanted);
  const [more, setMore] = useState<ProductPage>(() => shown.get(name) ?? { products: [], next: first.next });
  const [busy, setBusy] = useState(false);
  const load = async (): Promise<void> => {
    if (more.next === null) return;
    setBusy(true);
    try {
      const page = await readProducts({ ...wanted, after: more.next });
      const all = { products: [...more.products, ...page.products], next: page.next };
      shown.set(name, all);
      setMore(all);
    } catch {
      // the button is still there
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <ul className={styles.grid}>
        {[...first.products, ...more.products].map((product) => (
          <Card key={product.sku} product={product} />
        ))}
      </ul>
      {more.next !== null && (
        <button type="button" className={`screen-button ${styles.moreButton}`} data-quiet disabled={busy} onClick={() => void load()}>
          {say("more")}
        </button>
      )}
    </>
  );
}
