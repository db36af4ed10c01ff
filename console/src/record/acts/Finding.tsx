import { Loader, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { send } from "../../api/client";
import type { Answer } from "../../api/client";
import { Failed } from "../../parts/Failed";
import { useFormat } from "../../parts/format";
import { IdentifierChip } from "../../parts/IdentifierChip";
import classes from "./Acts.module.css";

export type Glance = Answer<"/api/v1/persons/search", "post">["persons"][number];

/** Find the other customer. */
export function Finding({ personId, onFound }: { personId: string; onFound: (other: Glance) => void; onClose: () => void }) {
  const { t } = useTranslation("acts");
  const [typed, setTyped] = useState("");
  const [text] = useDebouncedValue(typed.trim(), 250);
  const found = useQuery({
    queryKey: ["/api/v1/persons/search", "merge", text],
    queryFn: ({ signal }) => send("post", "/api/v1/persons/search", { body: { text, limit: 8 }, signal }),
    enabled: text.length > 0,
    placeholderData: keepPreviousData,
    // what was typed is personal: it leaves memory with the dialog
    gcTime: 0,
  });
  const others = text ? (found.data?.persons.filter((each) => each.person_id !== personId) ?? []) : [];
  return (
    <div className={classes.finding}>
      <TextInput
        data-autofocus
        label={t("merge.find")}
        placeholder={t("merge.placeholder")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={found.isFetching ? <Loader size={14} type="oval" /> : null}
        autoComplete="off"
        spellCheck={false}
      />
      {found.error && text && <Failed error={found.error} retry={() => void found.refetch()} />}
      <ul className={classes.found} aria-label={t("merge.found")}>
        {others.map((each) => <li key={each.person_id}><Found glance={each} onFound={onFound} /></li>)}
      </ul>
      <Text size="sm" c="dimmed" role="status">{text && found.data && !found.isFetching && others.length === 0 ? t("merge.nobody") : typed ? "" : t("merge.says")}</Text>
    </div>
  );
}

function Found({ glance, onFound }: { glance: Glance; onFound: (other: Glance) => void }) {
  const { t } = useTranslation("acts");
  const format = useFormat();
  return (
    <UnstyledButton className={classes.choice} onClick={() => onFound(glance)}>
      <span className={classes.strong}>{glance.label}</span>
      <span className={classes.chips}>{glance.identifiers.map((each) => <IdentifierChip key={each.kind + each.value} {...each} plain />)}</span>
      <span className={classes.quiet}>{t("merge.orders", { count: glance.orders, number: format.number(glance.orders), value: format.money(glance.revenue, glance.currency) })}</span>
    </UnstyledButton>
  );
}
