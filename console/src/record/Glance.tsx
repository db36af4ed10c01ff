import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ChannelBadge } from "../parts/Channel";
import { useFormat } from "../parts/format";
import { Hint } from "../parts/Hint";
import { When } from "../parts/When";
import type { GoldenRecord } from "./data";
import { CartFact } from "./CartFact";
import classes from "./Record.module.css";

/** Who she is in one look. */
export function Glance({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const { activity, favourites, attributes } = record;
  const [store, category] = [favourites.store?.[0], favourites.category?.[0]];
  const channels = (favourites.channel ?? []).map((each) => each.value);
  const household = [attributes.household_size?.value, attributes.household_composition?.value].filter((each) => typeof each === "string" || typeof each === "number");
  return (
    <dl className={classes.glance} aria-label={t("glance.label")}>
      <OrderFacts record={record} />
      <VisitFact record={record} />
      <CartFact sessions={record.sessions} />
      {activity.last_seen && (
        <Fact name={t("glance.seen")} figure={<When at={activity.last_seen} as="date" />}>
          {t("glance.since")} <When at={activity.first_seen} as="date" />
        </Fact>
      )}
      {store && <Fact name={t("glance.store")} figure={store.value}>{category && t("glance.category", { category: category.value })}</Fact>}
      {!store && category && <Fact name={t("glance.favourite")} figure={category.value} />}
      {household.length > 0 && <Fact name={t("glance.household")} figure={String(household[0])}>{household[1] !== undefined ? String(household[1]) : null}</Fact>}
      {channels.length > 0 && (
        <Fact name={t("glance.channels")} wide>
          <span className={classes.icons}>{channels.map((channel) => <ChannelBadge key={channel} channel={channel} />)}</span>
        </Fact>
      )}
    </dl>
  );
}

function OrderFacts({ record: { orders } }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  const others = orders.by_currency.filter((each) => each.currency !== orders.currency);
  const about = (text: string) => (orders.approximate ? <About says={t("glance.ordersAbout")}>≈ {text}</About> : text);
  if (orders.count === 0) return <Fact name={t("glance.value")} figure={t("glance.noOrders")}>{orders.cancelled > 0 && t("glance.cancelled", { count: orders.cancelled })}</Fact>;
  return (
    <>
      <Fact name={t("glance.value")} figure={about(format.money(orders.revenue, orders.currency))}>
        {t("glance.orders", { count: orders.count, number: format.number(orders.count) })}
        {Number(orders.refunds) > 0 && <>, {t("glance.refunds", { amount: format.money(orders.refunds, orders.currency) })}</>}
        {others.map((each) => <div key={each.currency}>{t("glance.also", { amount: format.money(each.revenue, each.currency) })}</div>)}
      </Fact>
      <Fact name={t("glance.basket")} figure={about(format.money(orders.average_basket, orders.currency))}>{t("glance.basketSays")}</Fact>
      <Fact name={t("glance.lastOrder")} figure={<When at={orders.last_at} as="date" />}>
        {orders.days_since_last !== null && t("glance.daysAgo", { count: orders.days_since_last, number: format.number(orders.days_since_last) })}
      </Fact>
    </>
  );
}

function VisitFact({ record: { sessions } }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  if (sessions.count === 0) return null;
  const count = format.number(sessions.count);
  return (
    <Fact name={t("glance.visits")} figure={sessions.approximate ? <About says={t("glance.visitsAbout")}>≥ {count}</About> : count}>
      {t("glance.pages", { count: sessions.pages, number: format.number(sessions.pages) })}, {format.duration(sessions.dwell_seconds)}
    </Fact>
  );
}

function About({ children, says }: { children: ReactNode; says: string }) {
  return <Hint says={says}>{children}</Hint>;
}

/** One fact of the glance. */
export function Fact({ name, figure, wide, children }: { name: string; figure?: ReactNode; wide?: boolean; children?: ReactNode }) {
  return (
    <div className={classes.fact} data-wide={wide || undefined}>
      <dt>{name}</dt>
      <dd>
        {figure !== undefined && <div className={classes.figure}>{figure}</div>}
        {figure !== undefined ? children && <small>{children}</small> : children}
      </dd>
    </div>
  );
}
