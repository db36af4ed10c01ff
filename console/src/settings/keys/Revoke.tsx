import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog, done } from "../../parts";
import { useKeyActs } from "./keys";
import type { Key } from "./keys";

/** Ends a key, after saying who will then be refused. */
export function Revoke({ item }: { item: Key }) {
  const { t } = useTranslation("settings");
  const { revoke } = useKeyActs();
  const [asking, setAsking] = useState(false);
  const what = item.source === null ? t("keys.revokeReads", { role: t(`role.${item.role as "read"}`) }) : t("keys.revokeSends", { source: item.source });
  const end = async () => {
    await revoke.mutateAsync(item.key_id);
    done(t("keys.revokedNow", { key: item.key_id }));
  };
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsking(true)} aria-label={t("keys.revokeThis", { key: item.key_id })}>{t("keys.revoke")}</Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={end}
        title={t("keys.revokeThis", { key: item.key_id })}
        consequences={[what, t("keys.revokeEver"), t("keys.revokeKept")]}
        confirm={t("keys.revoke")}
        danger
      />
    </>
  );
}
