import { Anchor, Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { Ends } from "../settings/keys/Ends";
import { ConfirmDialog, done, Tag, When } from "../parts";
import { revokeKey, useChange } from "./data";
import type { Source, SourceKey } from "./data";
import classes from "./Sources.module.css";

/** A source's keys, by their ids; the keys themselves nobody can read. */
export function Keys({ source }: { source: Source }) {
  const { t } = useTranslation("sources");
  const { may } = useSession();
  const [revoking, setRevoking] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const active = source.keys.filter((key) => key.revoked_at === null);
  const revoked = source.keys.filter((key) => key.revoked_at !== null);
  return (
    <>
      {active.length === 0 && <p className={classes.quiet}>{t("keys.none")}</p>}
      <ul className={classes.keys} aria-label={t("keys.title")}>
        {(all ? [...active, ...revoked] : active).map((key) => <Key key={key.key_id} one={key} onRevoke={may("keys") ? () => setRevoking(key.key_id) : null} />)}
      </ul>
      {!all && revoked.length > 0 && <Anchor component="button" type="button" size="sm" mt="xs" onClick={() => setAll(true)}>{t("keys.showRevoked", { count: revoked.length })}</Anchor>}
      <Revoking source={source} id={revoking} last={active.length === 1} onClose={() => setRevoking(null)} />
    </>
  );
}

function Key({ one, onRevoke }: { one: SourceKey; onRevoke: (() => void) | null }) {
  const { t } = useTranslation("sources");
  const gone = one.revoked_at !== null;
  return (
    <li data-revoked={gone || undefined}>
      <code>{one.key_id}</code>
      {gone && <Tag>{t("keys.revoked")}</Tag>}
      <span className={classes.quiet}>{gone ? <When at={one.revoked_at} /> : <>{t("keys.made")} <When at={one.created_at} /> <Ends at={one.expires_at} /></>}</span>
      <span className={classes.grow} />
      {!gone && onRevoke && <Button size="compact-sm" variant="subtle" color="red" c="var(--segue-wrong)" onClick={onRevoke} aria-label={t("keys.revokeOf", { id: one.key_id })}>{t("keys.revoke")}</Button>}
    </li>
  );
}

function Revoking({ source, id, last, onClose }: { source: Source; id: string | null; last: boolean; onClose: () => void }) {
  const { t } = useTranslation("sources");
  const revoke = useChange(revokeKey);
  return (
    <ConfirmDialog
      opened={id !== null}
      onClose={onClose}
      onConfirm={async () => {
        await revoke.mutateAsync(id ?? "");
        done(t("keys.revokeDone", { id }));
      }}
      title={t("keys.revokeTitle", { id })}
      consequences={[t("keys.revokeNow"), ...(last ? [t("keys.revokeLast", { name: source.name })] : []), t("keys.revokeNever")]}
      confirm={t("keys.revoke")}
      danger
    />
  );
}
