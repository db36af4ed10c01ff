import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { IdentifierChip } from "../parts/IdentifierChip";
import type { GoldenRecord } from "./data";
import classes from "./Record.module.css";
import { ranked } from "./who";
import type { KindRule } from "./who";

const SHOWN = 5;

/** The identifiers that tell most of her; the others are one click away. */
export function KnownBy({ record, kinds }: { record: GoldenRecord; kinds?: Record<string, KindRule> }) {
  const { t } = useTranslation("record");
  const identifiers = ranked(record.identifiers, kinds);
  const more = identifiers.length - SHOWN;
  return (
    <div className={classes.chips}>
      <span className={classes.quiet}>{t("knownBy")}</span>
      {identifiers.slice(0, SHOWN).map((each) => <IdentifierChip key={`${each.kind}:${each.value}`} kind={each.kind} value={each.value} />)}
      {more > 0 && <Anchor component={Link} to={{ search: location.search, hash: "#identity" }} replace preventScrollReset className={classes.link}>{t("moreIdentifiers", { count: more })}</Anchor>}
    </div>
  );
}
