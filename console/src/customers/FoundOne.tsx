import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { IdentifierChip } from "../parts/IdentifierChip";
import { Money } from "../parts/Figures";
import { useFormat } from "../parts/format";
import { useNames } from "../parts/names";
import classes from "./Customers.module.css";
import type { Glance } from "./data";
import { Seen } from "./rows";
import { Who } from "./Who";

/** Somebody whom the search found, and by what. */
export function FoundOne({ id, person, active, onPoint }: { id: string; person: Glance; active: boolean; onPoint: () => void }) {
  const { t } = useTranslation("customers");
  const names = useNames();
  const format = useFormat();
  const navigate = useNavigate();
  const path = `/customers/${person.person_id}`;
  const { matched } = person;
  const field = matched?.field === "person_id" ? t("find.id") : names.kind(matched?.field ?? "");
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      className={classes.option}
      onPointerMove={active ? undefined : onPoint}
      onClick={(event) => (event.metaKey || event.ctrlKey ? window.open(`/console${path}`, "_blank", "noopener") : void navigate(path))}
    >
      <div className={classes.main}>
        <Who person={person} />
        {matched && matched.value !== person.label && <div className={classes.matched}>{t("find.matched", { field, value: matched.value })}</div>}
        <div className={classes.chips}>
          {person.identifiers.filter((each) => each.value !== person.label && each.value !== matched?.value).slice(0, 3).map((each) => <IdentifierChip key={`${each.kind}${each.value}`} kind={each.kind} value={each.value} plain />)}
        </div>
      </div>
      <div className={classes.end}>
        {person.orders > 0 && <strong><Money amount={person.revenue} currency={person.currency} /></strong>}
        <small>{person.orders > 0 ? t("orders", { count: person.orders, number: format.number(person.orders) }) : t("noOrders")}</small>
        <small><Seen at={person.last_seen} /></small>
      </div>
    </div>
  );
}
