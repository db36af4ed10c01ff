/** What no catalogue knows is sold all the same: number, name and price by hand. */
import { type FormEvent, useState } from "react";
import { cents } from "../goods/money";
import type { Article } from "./basket";
import { Dialog } from "./Dialog";
import styles from "./Till.module.css";
import { useTill } from "./till";

export function ByHand({ begun, onEnter, onClose }: { begun: string; onEnter: (article: Article) => void; onClose: () => void }) {
  const { say } = useTill();
  const isNumber = /^\d+$/.test(begun);
  const [sku, setSku] = useState(isNumber ? begun : "");
  const [name, setName] = useState(isNumber ? "" : begun);
  const [price, setPrice] = useState("");
  const worth = cents(price);
  const enter = (event: FormEvent): void => {
    event.preventDefault();
    const called = name.trim() || sku.trim();
    if (worth === null || called === "") return;
    onEnter({ sku: sku.trim() || called, name: called, category: null, brand: null, price: worth });
  };
  return (
    <Dialog title={say("byHand")} onClose={onClose}>
      <form className={styles.form} onSubmit={enter}>
        <label>
          {say("number")}
          <input value={sku} onChange={(event) => setSku(event.target.value)} maxLength={100} autoComplete="off" />
        </label>
        <label>
          {say("name")}
          <input value={name} onChange={(event) => setName(event.target.value)} maxLength={200} autoComplete="off" />
        </label>
        <label>
          {say("price")}
          <input
            value={price}
            onChange={(event) => setPrice(event.target.value)}
            inputMode="decimal"
            autoComplete="off"
            required
            aria-invalid={price !== "" && worth === null}
            aria-describedby="price-hint"
          />
          <small id="price-hint">{say("badPrice")}</small>
        </label>
        <div className={styles.buttons}>
          <button type="button" className="screen-button" data-quiet onClick={onClose}>
            {say("cancel")}
          </button>
          <button type="submit" className="screen-button" disabled={worth === null || (name + sku).trim() === ""}>
            {say("add")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
