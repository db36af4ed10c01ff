/** One product: described for search engines and for the SDK, with what there is of it and where. */
import { useState } from "react";
import { type ProductWhole, readProduct, readProducts } from "../goods/catalogue";
import { Picture } from "../goods/Picture";
import { plainly } from "../goods/names";
import { most, percentOff, priceOf } from "./cart";
import { AddButton, Card, marked, Price, Stock, Trouble, Waiting } from "./Goods";
import { Heading } from "./Heading";
import { hrefOf } from "./route";
import styles from "./Shop.module.css";
import { useShop } from "./shop";
import { Slot } from "./Slot";
import { useLoaded } from "./useLoaded";

export function ProductPage({ sku }: { sku: string }) {
  const { say } = useShop();
  const found = useLoaded(`product ${sku}`, (signal) => readProduct(sku, "", signal));
  if (found.state === "loading") return <Waiting />;
  if (found.state === "away") return <Trouble again={found.again} />;
  if (found.state === "none") {
    return (
      <div className={styles.nothing}>
        <Heading>{say("notFound")}</Heading>
        <a href={hrefOf({ page: "home" })}>{say("goOn")}</a>
      </div>
    );
  }
  return <Whole key={sku} product={found.value} />;
}

function Whole({ product }: { product: ProductWhole }) {
  const { say, shop, cart } = useShop();
  const [pieces, setPieces] = useState(1);
  const name = plainly(product.name);
  const { category } = product;
  return (
    <>
      <article
        className={styles.product}
        itemScope
        itemType="https://schema.org/Product"
        {...marked(product, shop.currency)}
      >
        <meta itemProp="sku" content={product.sku} />
        {category && <meta itemProp="category" content={category} />}
        <div className={styles.productPicture}>
          <Picture product={product} large />
        </div>
        <div className={styles.productWords}>
          {category && (
            <p className={styles.trail}>
              <a href={hrefOf({ page: "category", category })}>{plainly(category)}</a>
            </p>
          )}
          <div itemProp="name">
            <Heading>{name}</Heading>
          </div>
          <p className={styles.bigPrice} itemProp="offers" itemScope itemType="https://schema.org/Offer">
            <meta itemProp="price" content={(priceOf(cart, product) / 100).toFixed(2)} />
            <meta itemProp="priceCurrency" content={shop.currency} />
            <link itemProp="availability" href={`https://schema.org/${product.onHand === 0 ? "OutOfStock" : "InStock"}`} />
            <Price product={product} />
          </p>
          {percentOff(cart, product.sku) > 0 && <p className={styles.quiet}>{say("yours")}</p>}
          <p>
            <Stock onHand={product.onHand} />
          </p>
          <div className={styles.buy}>
            <input
              type="number"
              min={1}
              max={most(product)}
              value={pieces}
              disabled={product.onHand === 0}
              aria-label={say("quantity", { name })}
              onChange={(event) => setPieces(Math.min(Math.max(Math.trunc(Number(event.target.value)) || 1, 1), most(product)))}
            />
            <AddButton product={product} pieces={pieces} />
          </div>
          <dl className={styles.facts}>
            {product.brand && (
              <>
                <dt>{say("brand")}</dt>
                <dd itemProp="brand">{plainly(product.brand)}</dd>
              </>
            )}
            <dt>{say("number")}</dt>
            <dd>{product.sku}</dd>
          </dl>
          {product.stores.length > 0 && (
            <details className={styles.stores}>
              <summary>{say("inStores")}</summary>
              <ul>
                {product.stores.map((one) => (
                  <li key={one.store}>
                    {one.name} <small>{one.on_hand > 0 ? say("inStore", { count: one.on_hand }) : say("notInStore")}</small>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      </article>
      <Slot placement="product_page" kind="line" headline={say("homeText")} />
      {category && <Like sku={product.sku} category={category} />}
    </>
  );
}

const ALIKE = 8;

function Like({ sku, category }: { sku: string; category: string }) {
  const { say } = useShop();
  const found = useLoaded(`like ${category}`, (signal) => readProducts({ category, limit: ALIKE + 1 }, signal));
  const others = found.state === "there" ? found.value.products.filter((one) => one.sku !== sku).slice(0, ALIKE) : [];
  if (others.length === 0) return null;
  return (
    <section>
      <h2>{say("like")}</h2>
      <ul className={styles.grid}>
        {others.map((product) => (
          <Card key={product.sku} product={product} />
        ))}
      </ul>
    </section>
  );
}
