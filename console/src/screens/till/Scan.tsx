/** The scanner: a field that takes a number or words, and products to tap. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Picture } from "../goods/Picture";
import type { Product } from "../goods/catalogue";
import { plainly } from "../goods/names";
import type { Article } from "./basket";
import { ByHand } from "./ByHand";
import { bySku, type FoundProducts, look, typed } from "./shelf";
import styles from "./Till.module.css";
import { useTill } from "./till";

const PAUSE = 150;

export function Scan({ onScan }: { onScan: (article: Article, pieces: number) => void }) {
  const { say, screen } = useTill();
  const [text, setText] = useState("");
  const [found, setFound] = useState<FoundProducts>({ products: [], catalogue: "here" });
  const [byHand, setByHand] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const wanted = typed(text);

  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      void look(wanted.text, screen.store, stop.signal).then((answer) => {
        if (!stop.signal.aborted) setFound(answer);
      });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted.text, screen.store]);

  const scanned = (article: Article): void => {
    onScan(article, wanted.pieces);
    setText("");
    field.current?.focus();
  };
  const entered = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (wanted.text === "") return;
    const exact = await bySku(wanted.text, screen.store);
    if (exact) return scanned(exact);
    const answer = await look(wanted.text, screen.store);
    setFound(answer);
    const [only, another] = answer.products;
    if (only && !another) scanned(only);
    else if (!only) setByHand(wanted.text);
  };

  return (
    <section className={styles.scan} aria-label={say("products")}>
      <form onSubmit={(event) => void entered(event)} className={styles.scanner}>
        <label htmlFor="scan">{say("scan")}</label>
        <input
          id="scan"
          ref={field}
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoComplete="off"
          autoFocus
          aria-describedby="scan-hint"
        />
        <small id="scan-hint">{say("scanHint")}</small>
      </form>
      {found.catalogue !== "here" && <p className={styles.note}>{say(found.catalogue === "none" ? "noCatalogue" : "away")}</p>}
      {found.products.length === 0 && wanted.text !== "" && found.catalogue === "here" && (
        <p className={styles.note}>{say("nothing")}</p>
      )}
      <ul className={styles.tiles}>
        {found.products.map((product) => (
          <Tile key={product.sku} product={product} onTap={scanned} />
        ))}
        <li>
          <button type="button" className={styles.tile} data-plain onClick={() => setByHand(wanted.text)}>
            {say("byHand")}
          </button>
        </li>
      </ul>
      {byHand !== null && (
        <ByHand
          begun={byHand}
          onClose={() => setByHand(null)}
          onEnter={(article) => {
            setByHand(null);
            scanned(article);
          }}
        />
      )}
    </section>
  );
}

function Tile({ product, onTap }: { product: Product; onTap: (product: Product) => void }) {
  const { say, sum } = useTill();
  return (
    <li>
      <button type="button" className={styles.tile} onClick={() => onTap(product)}>
        <Picture product={product} />
        <span className={styles.tileName}>{plainly(product.name)}</span>
        <span className={styles.tilePrice}>
          {sum(product.price)}
          {product.onHand !== null && product.onHand < 10 && (
            <small>{product.onHand > 0 ? say("left", { count: product.onHand }) : say("soldOut")}</small>
          )}
        </span>
      </button>
    </li>
  );
}
