/** Somebody of whom nothing is known: suggestions from what she holds and where she stands. */
import { type FormEvent, useEffect, useState } from "react";
import { plainly } from "../goods/names";
import styles from "./Associate.module.css";
import { useSetting } from "./setting";
import { type Decision, findProducts, type Line, type Product, suggest } from "./staff";
import { Suggestions } from "./Suggestions";
import { useScanner } from "./useScanner";

interface Props {
  readonly placement: string | null;
  readonly onLost: (error: unknown) => void;
}

export function Unknown({ placement, onLost }: Props) {
  const setting = useSetting();
  const { say, store, locale } = setting;
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [decision, setDecision] = useState<Decision | "away" | null>(null);
  useEffect(() => {
    if (placement === null) return;
    let wanted = true;
    suggest(placement, lines, { store, locale }).then(
      (made) => wanted && setDecision(made),
      (error: unknown) => {
        if (!wanted) return;
        setDecision("away");
        onLost(error);
      },
    );
    return () => {
      wanted = false;
    };
    // onLost is made anew with each painting of the page above, and changes nothing here
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [placement, lines, store, locale]);
  const add = ({ sku, name, price }: Product) => {
    setLines((now) => (now.some((line) => line.sku === sku) ? now : [...now, { sku, name: plainly(name ?? sku), price: price ?? null, quantity: 1 }]));
  };
  return (
    <main className={styles.brief}>
      <header className={styles.who}>
        <div>
          <h1>{say("unknownTitle")}</h1>
          <p>{say("unknownSays")}</p>
        </div>
      </header>
      <section className={styles.holds}>
        <AddProduct onAdd={add} onLost={onLost} />
        <ul>
          {lines.map((line) => (
            <li key={line.sku}>
              {line.name}
              <button type="button" aria-label={say("remove", { name: line.name })} onClick={() => setLines(lines.filter((each) => each !== line))}>×</button>
            </li>
          ))}
        </ul>
      </section>
      <section className={styles.next} aria-labelledby="next">
        <h2 id="next">{say("next")}</h2>
        {decision === "away"
          ? <p role="alert">{say("away")}</p>
          : placement !== null && decision === null
            ? <p role="status">{say("loading")}</p>
            : <Suggestions decision={decision} placed={placement !== null} onLost={onLost} />}
      </section>
    </main>
  );
}

function AddProduct({ onAdd, onLost }: { onAdd: (product: Product) => void; onLost: (error: unknown) => void }) {
  const { say } = useSetting();
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly Product[] | null>(null);
  const chosen = (product: Product) => {
    onAdd(product);
    setText("");
    setFound(null);
  };
  const look = (wanted: string) => {
    if (wanted.trim() === "") return;
    findProducts(wanted.trim()).then((products) => {
      const exact = products.find((each) => each.sku === wanted.trim());
      if (exact) chosen(exact);
      else setFound(products);
    }, onLost);
  };
  useScanner(look);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look(text);
  };
  return (
    <form onSubmit={submit} role="search">
      <input
        type="search" value={text} autoComplete="off" aria-label={say("unknownProduct")} placeholder={say("unknownProduct")}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="screen-button" data-quiet>{say("findDo")}</button>
      {found !== null && found.length === 0 && <p role="status">{say("unknownNone")}</p>}
      {found !== null && found.length > 0 && (
        <ul className={styles.options}>
          {found.map((product) => (
            <li key={product.sku}><button type="button" onClick={() => chosen(product)}>{plainly(product.name ?? product.sku)}</button></li>
          ))}
        </ul>
      )}
    </form>
  );
}
