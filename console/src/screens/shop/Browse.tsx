/** The first page, a category, and what was searched for. */
import { plainly } from "../goods/names";
import { Listing } from "./Goods";
import { Heading } from "./Heading";
import { hrefOf } from "./route";
import styles from "./Shop.module.css";
import { useShop } from "./shop";
import { Slot } from "./Slot";

const FIRST = 10;

export function Home() {
  const { say, shop } = useShop();
  return (
    <>
      <Heading hidden>{say("home")}</Heading>
      <Slot placement="home_hero" kind="hero" headline={say("name")} body={say("homeText")} />
      <h2>{say("categories")}</h2>
      <ul className={styles.shelves}>
        {shop.categories.slice(0, FIRST).map(({ name, products }) => (
          <li key={name}>
            <a href={hrefOf({ page: "category", category: name })}>
              {plainly(name)} <small>{products}</small>
            </a>
          </li>
        ))}
      </ul>
      <h2>{say("all")}</h2>
      <Listing wanted={{}} none={<p>{say("noneTitle")}</p>} />
    </>
  );
}

export function Category({ category }: { category: string }) {
  const { say } = useShop();
  return (
    <div data-segue-category={category}>
      <Heading>{plainly(category)}</Heading>
      <Listing wanted={{ category }} none={<Nothing />} count />
      <p className={styles.after}>
        <a href={hrefOf({ page: "home" })}>{say("goOn")}</a>
      </p>
    </div>
  );
}

export function Search({ text }: { text: string }) {
  const { say } = useShop();
  return (
    <>
      <Heading>{say("searched", { text })}</Heading>
      <Listing wanted={{ text }} none={<Nothing />} count />
    </>
  );
}

function Nothing() {
  const { say, shop } = useShop();
  return (
    <div className={styles.nothing}>
      <h2>{say("noneTitle")}</h2>
      <p>{say("none")}</p>
      <ul className={styles.shelves}>
        {shop.categories.slice(0, FIRST).map(({ name }) => (
          <li key={name}>
            <a href={hrefOf({ page: "category", category: name })}>{plainly(name)}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
