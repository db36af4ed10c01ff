/** Finding a product, where the shop lets anybody read what it sells. */
import { useEffect, useState } from "react";
import { type Product, readProducts } from "../goods/catalogue";
import { money } from "../goods/money";
import { plainly } from "../goods/names";
import { Picture } from "../goods/Picture";
import { Keyboard } from "./Keyboard";
import { LONGEST } from "./keyboard";
import styles from "./Kiosk.module.css";
import { useSetting } from "./setting";

/** Milliseconds of peace before what was typed is looked for. */
const PEACE = 250;

export function Search({ currency }: { currency: string }) {
  const { say, screen, locale } = useSetting();
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly Product[] | null>(null);
  const sought = text.trim();
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      if (sought.length < 2) {
        setFound(null);
        return;
      }
      readProducts({ text: sought, store: screen.store, limit: 6 }, stop.signal).then(
        (page) => setFound(page.products),
        () => stop.signal.aborted || setFound([]),
      );
    }, PEACE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [sought, screen.store]);
  return (
    <div className={styles.typing}>
      <h1 id="search">{say("searchHow")}</h1>
      <input
        type="text" inputMode="none" autoComplete="off" autoCapitalize="none" autoCorrect="off" spellCheck={false} name="field" autoFocus
        value={text} maxLength={LONGEST} aria-labelledby="search" onChange={(event) => setText(event.target.value)}
      />
      <Keyboard sort="text" text={text} onText={setText} />
      <div aria-live="polite">
        {found !== null && found.length === 0 && <p>{say("nothing")}</p>}
        <ul className={styles.results}>
          {found?.map((product) => (
            <li key={product.sku}>
              <div className={styles.picture}><Picture product={product} /></div>
              <strong>{plainly(product.name)}</strong>
              <span>
                {money(product.price, currency, locale)}
                {product.onHand !== null && <small>{product.onHand > 0 ? say("here", { count: product.onHand }) : say("notHere")}</small>}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
