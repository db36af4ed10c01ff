import { VisuallyHidden } from "@mantine/core";
import { IconUserCheck, IconUserQuestion } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Customers.module.css";
import type { Glance } from "./data";

/** A customer's name or best identifier, whether she is known, and where she lives. */
export function Who({ person }: { person: Glance }) {
  const { t } = useTranslation("customers");
  const kind = t(person.known ? "known" : "anonymous");
  const Picture = person.known ? IconUserCheck : IconUserQuestion;
  return (
    <div className={classes.who} data-known={person.known || undefined}>
      <span title={kind} className={classes.kind}><Picture size={17} stroke={1.75} aria-hidden /><VisuallyHidden>{kind}</VisuallyHidden></span>
      <span className={classes.label}>{person.label}</span>
      {person.city && <span className={classes.city}>{person.city}</span>}
    </div>
  );
}
