import { useTranslation } from "react-i18next";
import { ChannelIcon } from "../parts/Channel";
import { Money } from "../parts/Figures";
import { useFormat } from "../parts/format";
import { IdentifierChip } from "../parts/IdentifierChip";
import { useNow } from "../parts/now";
import type { Column } from "../parts/VirtualRows";
import { When } from "../parts/When";
import classes from "./Customers.module.css";
import type { Glance } from "./data";
import { Who } from "./Who";

const CHIPS = 2;

/** How customers stand in a table. */
export function useColumns(): Column<Glance>[] {
  const { t } = useTranslation("customers");
  const format = useFormat();
  return [
    { key: "customer", title: t("column.customer"), width: "minmax(10rem, 1.25fr)", cell: (person) => <Who person={person} /> },
    { key: "identifiers", title: t("column.identifiers"), width: "minmax(9rem, 1.7fr)", cell: (person) => <Chips person={person} /> },
    { key: "channels", title: t("column.channels"), width: "7.5rem", cell: (person) => <Channels person={person} /> },
    { key: "orders", title: t("column.orders"), width: "6.5rem", align: "end", cell: (person) => (person.orders > 0 ? format.number(person.orders) : "–") },
    { key: "value", title: t("column.value"), width: "7rem", align: "end", cell: (person) => (person.orders > 0 ? <Money amount={person.revenue} currency={person.currency} /> : "–") },
    { key: "seen", title: t("column.seen"), width: "8.5rem", align: "end", cell: (person) => <Seen at={person.last_seen} /> },
  ];
}

/** The same as a card, where there is no room for a table. */
export function Card({ person }: { person: Glance }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  return (
    <div className={classes.card}>
      <div className={classes.main}>
        <Who person={person} />
        <Chips person={person} />
        <Channels person={person} />
      </div>
      <div className={classes.end}>
        {person.orders > 0 && <strong><Money amount={person.revenue} currency={person.currency} /></strong>}
        <small>{person.orders > 0 ? t("orders", { count: person.orders, number: format.number(person.orders) }) : t("noOrders")}</small>
        <small><Seen at={person.last_seen} /></small>
      </div>
    </div>
  );
}

const A_MONTH = 30 * 86_400_000;

/** How long ago, while that says something; the day, when it is long ago. */
export function Seen({ at }: { at: string | null }) {
  const now = useNow();
  return <When at={at} as={at !== null && now - Date.parse(at) > A_MONTH ? "date" : "relative"} />;
}

function Chips({ person }: { person: Glance }) {
  const others = person.identifiers.filter((each) => each.value !== person.label);
  return <div className={classes.row}>{others.slice(0, CHIPS).map((each) => <IdentifierChip key={`${each.kind}${each.value}`} kind={each.kind} value={each.value} plain />)}</div>;
}

function Channels({ person }: { person: Glance }) {
  return <div className={classes.channels}>{person.channels.slice(0, 5).map((channel) => <ChannelIcon key={channel} channel={channel} />)}</div>;
}
