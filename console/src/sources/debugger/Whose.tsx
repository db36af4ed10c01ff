import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { send } from "../../api/client";
import { useSession } from "../../app/session";
import { IdentifierChip } from "../../parts";
import classes from "./Debugger.module.css";

/** The person behind an event: her name as a way to her record, and how she is known. */
export function Whose({ person }: { person: string | null }) {
  const { t } = useTranslation("sources");
  const { may } = useSession();
  const found = useQuery({
    queryKey: ["whose", person],
    enabled: person !== null && may("customers"),
    staleTime: 30_000,
    queryFn: ({ signal }) => send("post", "/api/v1/persons/search", { body: { text: person ?? "", limit: 1 }, signal }),
  });
  if (person === null) return <>{t("debug.noPerson")}<br /><span className={classes.note}>{t("debug.noPersonSays")}</span></>;
  const glance = found.data?.persons[0];
  return (
    <span className={classes.whose}>
      <Anchor component={Link} to={`/customers/${person}`} fw={600}>{glance?.label || t("debug.person", { id: person.slice(0, 8) })}</Anchor>
      {glance?.identifiers.map(({ kind, value }) => <IdentifierChip key={`${kind}:${value}`} kind={kind} value={value} plain />)}
    </span>
  );
}
