import { Button, Select, Stack } from "@mantine/core";
import { IconDeviceTv, IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Placement } from "../actions/data";
import { called } from "../actions/data";
import { get } from "../api/client";
import { useSession } from "../app/session";
import { ConfirmDialog, done, Failed, Loading, Section, Tag, When } from "../parts";
import { keysQuery, useKeyActs } from "../settings/keys/keys";
import type { Key } from "../settings/keys/keys";
import { ShownOnce } from "../settings/ShownOnce";
import { addressOf, screenOf } from "./address";
import classes from "./Placements.module.css";

/** The screens that ask for a placement: each has a key that is bound to it. */
export function Keys({ placement }: { placement: Placement }) {
  const { t } = useTranslation("placements");
  const { may } = useSession();
  return (
    <Section title={t("keys.title")} description={t("keys.says")}>
      {may("keys") ? <Bound placement={placement} /> : <p className={classes.quiet}>{t("keys.denied")}</p>}
    </Section>
  );
}

function Bound({ placement }: { placement: Placement }) {
  const { t } = useTranslation("placements");
  const asked = useQuery(keysQuery);
  const { make } = useKeyActs();
  const { public_url } = useSession();
  const stores = useQuery({ ...get("/api/v1/stores"), staleTime: 60_000 }).data?.stores ?? [];
  const [asking, ask] = useState(false);
  const [store, stand] = useState<string | null>(null);
  const [made, show] = useState<{ text: string; page: boolean } | null>(null);
  const keys = (asked.data?.keys ?? []).filter((each) => each.placement === placement.name && each.revoked_at === null);
  const screen = screenOf(placement.touchpoint);
  const setUp = async () => {
    const { key } = await make.mutateAsync({ role: "decide", placement: placement.name, trusted: screen?.trusted ?? false });
    if (screen === null) return show({ text: key, page: false });
    const write = (await make.mutateAsync({ role: "ingest", source: screen.source, trusted: screen.trusted })).key;
    show({ text: addressOf(public_url, screen, { key, write, placement: placement.name, store: store ?? "" }), page: true });
  };
  return (
    <Stack gap="sm">
      {asked.isPending && <Loading rows={2} />}
      {asked.isError && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data && keys.length === 0 && <p className={classes.quiet}>{t("keys.none")}</p>}
      {keys.length > 0 && <ul className={classes.keys}>{keys.map((each) => <One key={each.key_id} item={each} />)}</ul>}
      <div><Button variant="default" size="xs" leftSection={screen ? <IconDeviceTv size={15} /> : <IconKey size={15} />} onClick={() => ask(true)}>{t("keys.make")}</Button></div>
      <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={setUp} title={t("keys.make")} confirm={t("keys.make")}>
        <p>{t("keys.makeSays", { name: called(placement) })}</p>
        {stores.length > 0 && <Select label={t("keys.store")} placeholder={t("keys.nowhere")} clearable searchable data={stores.map((each) => ({ value: each.store, label: each.name ?? each.store }))} value={store} onChange={stand} />}
      </ConfirmDialog>
      {made && <ShownOnce title={t(made.page ? "keys.made" : "keys.madeKey")} text={made.text} warning={t("keys.once")} onClose={() => show(null)}>{t(made.page ? "keys.madeSays" : "keys.madeKeySays")}</ShownOnce>}
    </Stack>
  );
}

function One({ item }: { item: Key }) {
  const { t } = useTranslation("placements");
  const { revoke } = useKeyActs();
  const [asking, ask] = useState(false);
  const end = async () => {
    await revoke.mutateAsync(item.key_id);
    done(t("keys.revoked", { key: item.key_id }));
  };
  return (
    <li>
      <span><code>{item.key_id}</code> {item.trusted && <Tag tone="watch" title={t("keys.trusted")}>{t("keys.tillKey")}</Tag>} <span className={classes.quiet}>{t("keys.since")} <When at={item.created_at} /></span></span>
      <Button size="compact-sm" variant="subtle" color="red" onClick={() => ask(true)} aria-label={t("keys.revokeThis", { key: item.key_id })}>{t("keys.revoke")}</Button>
      <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={end} title={t("keys.revokeThis", { key: item.key_id })} confirm={t("keys.revoke")} consequences={[t("keys.revokeThen"), t("keys.revokeEver")]} danger />
    </li>
  );
}
