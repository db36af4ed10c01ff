import { Button, CloseButton, Group } from "@mantine/core";
import { IconUnlink } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { send } from "../../api/client";
import { useSession } from "../../app/session";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { IdentifierChip } from "../../parts/IdentifierChip";
import { useNames } from "../../parts/names";
import { SourceBadge } from "../../parts/SourceBadge";
import { TierBadge } from "../../parts/TierBadge";
import { done } from "../../parts/undoable";
import { When } from "../../parts/When";
import type { Identifier, IdentityView } from "./graph";
import classes from "./Identity.module.css";

/** One identifier of hers: since when, from where, how surely; an administrator can take it away from her. */
export function One({ identifier, view, personId, onClose }: { identifier: Identifier; view: IdentityView; personId: string; onClose: () => void }) {
  const { t } = useTranslation("identity");
  const { may } = useSession();
  const names = useNames();
  const [asking, setAsking] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const remove = useRemoving(identifier, personId, onClose);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  return (
    <div ref={box} tabIndex={-1} className={classes.proof} role="region" aria-label={t("one.label")}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
        <Group gap={8}><IdentifierChip kind={identifier.kind} value={identifier.value} /><TierBadge tier={identifier.tier} /></Group>
        <CloseButton aria-label={t("one.close")} onClick={onClose} />
      </Group>
      <dl className={classes.facts}>
        <div><dt>{t("one.kind")}</dt><dd>{names.kind(identifier.kind)}</dd></div>
        <div><dt>{t("one.first")}</dt><dd><When at={identifier.first_seen} as="both" /></dd></div>
        {identifier.last_seen && <div><dt>{t("one.last")}</dt><dd><When at={identifier.last_seen} as="both" /></dd></div>}
        <div><dt>{t("proof.source")}</dt><dd><SourceBadge source={identifier.source} /></dd></div>
      </dl>
      {may("delete_identifier") && view.identifiers.length > 1 && (
        <Group><Button size="xs" variant="default" color="red" leftSection={<IconUnlink size={14} />} onClick={() => setAsking(true)}>{t("one.delete")}</Button></Group>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
        title={t("one.deleteTitle")}
        consequences={[t("one.goes"), t("one.apart"), t("one.merge"), t("takeBack.consequence.audit")]}
        confirm={t("one.delete")}
        danger
      >
        {t("one.deleteSays", { kind: names.kind(identifier.kind), value: identifier.value })}
      </ConfirmDialog>
    </div>
  );
}

function useRemoving(identifier: Identifier, personId: string, onDone: () => void): () => Promise<void> {
  const { t } = useTranslation("identity");
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    const answer = await send("post", "/api/v1/persons/{person_id}/delete-identifier", {
      params: { path: { person_id: personId } },
      body: { identifier: `${identifier.kind}:${identifier.value}` },
    });
    const here = answer.persons.includes(personId) ? personId : answer.persons[0];
    onDone();
    if (here && here !== personId) await navigate(`/customers/${here}#identity`, { replace: true });
    await client.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/persons") });
    done(t("one.deleted"));
  };
}
