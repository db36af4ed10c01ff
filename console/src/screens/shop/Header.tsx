/** The shop's head: its name, the search, who is there, the cart, the categories. */
import { type FormEvent, useEffect, useState } from "react";
import { plainly } from "../goods/names";
import { piecesIn } from "./cart";
import { go, hrefOf, type Route } from "./route";
import styles from "./Shop.module.css";
import { useShop } from "./shop";

const FEW = 7;

export function Header({ route, onLogOut }: { route: Route; onLogOut: () => void }) {
  const { say, cart, account } = useShop();
  const count = piecesIn(cart);
  return (
    <header className={styles.header}>
      <a className={styles.name} href={hrefOf({ page: "home" })}>
        {say("name")}
      </a>
      <SearchForm begun={route.page === "search" ? route.text : ""} />
      <nav className={styles.account} aria-label={say("logIn")}>
        {account ? (
          <>
            <span data-segue-ignore="">{say("hello", { name: account.email.split("@")[0] ?? "" })}</span>
            <button type="button" className={styles.plain} onClick={onLogOut}>
              {say("logOut")}
            </button>
          </>
        ) : (
          <a href={hrefOf({ page: "log-in" })}>{say("logIn")}</a>
        )}
        <a className={styles.cartLink} href={hrefOf({ page: "cart" })} aria-label={say("cartOf", { count })}>
          {say("cart")} <span aria-hidden="true">{count}</span>
        </a>
      </nav>
    </header>
  );
}

function SearchForm({ begun }: { begun: string }) {
  const { say } = useShop();
  const [text, setText] = useState(begun);
  useEffect(() => setText(begun), [begun]);
  const search = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== "") go(hrefOf({ page: "search", text: text.trim() }));
  };
  return (
    <form role="search" className={styles.search} onSubmit={search}>
      <input type="search" name="q" aria-label={say("searchFor")} placeholder={say("searchFor")} value={text} onChange={(event) => setText(event.target.value)} maxLength={200} />
      <button type="submit" className="screen-button">
        {say("search")}
      </button>
    </form>
  );
}

export function Categories({ current }: { current: string | null }) {
  const { say, shop } = useShop();
  const [all, setAll] = useState(false);
  const listed = all ? shop.categories : shop.categories.slice(0, FEW);
  return (
    <nav className={styles.categories} aria-label={say("categories")}>
      <ul>
        {listed.map(({ name }) => (
          <li key={name}>
            <a href={hrefOf({ page: "category", category: name })} aria-current={name === current ? "page" : undefined}>
              {plainly(name)}
            </a>
          </li>
        ))}
        {shop.categories.length > FEW && (
          <li>
            <button type="button" className={styles.plain} aria-expanded={all} onClick={() => setAll(!all)}>
              {say(all ? "fewerCategories" : "allCategories")}
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
}
