/** What is known of her, each in a line. */
import { Picture } from "../goods/Picture";
import { plainly } from "../goods/names";
import { ago, money } from "./ago";
import styles from "./Associate.module.css";
import { useSetting } from "./setting";
import type { Brief } from "./staff";

type Props = { readonly brief: Brief };

export function Visits({ brief: { last_online, last_in_store, consent } }: Props) {
  const { say, locale } = useSetting();
  if (!consent.personal) return null;
  const online = last_online && [
    last_online.product_views > 0 && say("viewed", { count: last_online.product_views }),
    last_online.cart === "open" || last_online.cart === "abandoned" ? say("cart", { count: last_online.cart_items }) : null,
    last_online.device,
  ].filter(Boolean).join(" · ");
  const bought = last_in_store && [
    last_in_store.store_name,
    last_in_store.value && say("bought", { value: money(last_in_store.value, last_in_store.currency ?? null, locale), count: last_in_store.items }),
  ].filter(Boolean).join(" · ");
  return (
    <dl className={styles.visits}>
      <div>
        <dt>{say("online")}</dt>
        <dd><strong>{last_online ? ago(last_online.at, locale) : say("never")}</strong>{online}</dd>
      </div>
      <div>
        <dt>{say("inStore")}</dt>
        <dd><strong>{last_in_store ? ago(last_in_store.at, locale) : say("never")}</strong>{bought}</dd>
      </div>
    </dl>
  );
}

export function Waits({ brief: { open_orders } }: Props) {
  const { say, locale } = useSetting();
  if (open_orders.length === 0) return null;
  return (
    <section aria-labelledby="waits">
      <h2 id="waits">{say("waits")}</h2>
      <ul className={styles.waits}>
        {open_orders.slice(0, 3).map((order) => (
          <li key={order.order_id} data-state={order.state}>
            <strong>{say(order.state)}</strong>
            <span>{[say("order", { id: order.order_id }), money(order.value, order.currency, locale), ago(order.placed_at, locale), order.store_name].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Tastes({ brief: { sizes, preferences } }: Props) {
  const { say } = useSetting();
  const lists = [["sizes", sizes], ["likes", preferences]] as const;
  return lists.map(([name, tastes]) =>
    tastes.length === 0 ? null : (
      <section key={name} aria-labelledby={name}>
        <h2 id={name}>{say(name)}</h2>
        <ul className={styles.tastes}>
          {tastes.map((taste) => (
            <li key={`${taste.of} ${taste.value}`} data-how={taste.how}>
              {name === "sizes" && taste.of !== "size" && <span>{plainly(taste.of.replace(/_size$/, "").replace(/_/g, " "))}</span>}
              <strong>{plainly(taste.value)}</strong>
              {taste.how !== "said" && name === "likes" && <small>{say(taste.how === "bought" ? "tasteBought" : "tasteLooked")}</small>}
            </li>
          ))}
        </ul>
      </section>
    ),
  );
}

export function Looked({ brief: { looked_at } }: Props) {
  const { say, locale } = useSetting();
  if (looked_at.length === 0) return null;
  return (
    <section className={styles.looked} aria-labelledby="looked">
      <h2 id="looked">{say("looked")}</h2>
      <ul>
        {looked_at.map((each) => (
          <li key={each.sku}>
            <div className={styles.picture}><Picture product={{ name: each.name ?? each.sku, category: each.category ?? null, image: each.image ?? null }} /></div>
            <div>
              <strong>{plainly(each.name ?? each.sku)}</strong>
              <span>{[each.price && money(each.price, null, locale), each.on_hand === null || each.on_hand === undefined ? null : each.on_hand > 0 ? say("here", { count: each.on_hand }) : say("notHere")].filter(Boolean).join(" · ")}</span>
              <small>{[each.kept ? say("inCart") : say("times", { count: each.times }), ago(each.last_at, locale)].join(" · ")}</small>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
