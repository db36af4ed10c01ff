import { Autocomplete, Button, Select, Stack } from "@mantine/core";
import { IconDeviceTv, IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Placement } from "../actions/data";
import { called } from "../actions/data";
import { get } from "../api/client";
import { useSession } from "../app/session";
import { ConfirmDialog, done, Failed, Loading, Section, SourceBadge, Tag, When } from "../parts";
import { Ends } from "../settings/keys/Ends";
import { keysQuery, useKeyActs } from "../settings/keys/keys";
import type { Key } from "../settings/keys/keys";
import { ShownOnce } from "../settings/ShownOnce";
import { addressOf, isUnstaffed, screenOf, sourceOf } from "./address";
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
  const [source, bring] = useState(sourceOf(placement.touchpoint));
  const sources = useQuery(get("/api/v1/sources")).data?.sources ?? [];
  const [made, show] = useState<{ text: string; page: boolean } | null>(null);
  const keys = (asked.data?.keys ?? []).filter((each) => each.placement === placement.name && each.revoked_at === null);
  const screen = screenOf(placement.touchpoint);
  const setUp = async () => {
    const named = source.trim() === "" ? {} : { source: source.trim() };
    const { key } = await make.mutateAsync({ role: "decide", placement: placement.name, ...named, trusted: screen?.trusted ?? false });
    if (screen === null) return show({ text: key, page: false });
    const write = (await make.mutateAsync({ role: "ingest", ...named, trusted: screen.trusted })).key;
    show({ text: addressOf(public_url, screen, { key, write, placement: placement.name, store: store ?? "" }), page: true });
  };
  return (
    <Stack gap="sm">
      {asked.isPending && <Loading rows={2} />}
      {asked.isError && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data && keys.length === 0 && <p className={classes.quiet}>{t("keys.none")}</p>}
      {keys.length > 0 && <ul className={classes.keys}>{keys.map((each) => <One key={each.key_id} item={each} unstaffed={isUnstaffed(placement.touchpoint)} />)}</ul>}
      <div><Button variant="default" size="xs" leftSection={screen ? <IconDeviceTv size={15} /> : <IconKey size={15} />} onClick={() => ask(true)}>{t("keys.make")}</Button></div>
      <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={setUp} title={t("keys.make")} confirm={t("keys.make")}>
        <p>{t("keys.makeSays", { name: called(placement) })}</p>
        <Autocomplete label={t("keys.source")} description={t("keys.sourceSays")} data={sources.map(({ name }) => name)} value={source} onChange={bring} maxLength={100} autoComplete="off" required={screen !== null} />
        {stores.length > 0 && <Select label={t("keys.store")} placeholder={t("keys.nowhere")} clearable searchable data={stores.map((each) => ({ value: each.store, label: each.name ?? each.store }))} value={store} onChange={stand} />}
      </ConfirmDialog>
      {made && <ShownOnce title={t(made.page ? "keys.made" : "keys.madeKey")} text={made.text} warning={t("keys.once")} onClose={() => show(null)}>{t(made.page ? "keys.madeSays" : "keys.madeKeySays")}</ShownOnce>}
    </Stack>
  );
}

function One({ item, unstaffed }: { item: Key; unstaffed: boolean }) {
  const { t } = useTranslation("placements");
  const { revoke } = useKeyActs();
  const [asking, ask] = useState(false);
  const end = async () => {
    await revoke.mutateAsync(item.key_id);
    done(t("keys.revoked", { key: item.key_id }));
  };
  return (
    <li>
      <span><code>{item.key_id}</code> <Marks item={item} unstaffed={unstaffed} /> <span className={classes.quiet}>{t("keys.since")} <When at={item.created_at} /> <Ends at={item.expires_at} /></span></span>
      <Button size="compact-sm" variant="subtle" color="red" onClick={() => ask(true)} aria-label={t("keys.revokeThis", { key: item.key_id })}>{t("keys.revoke")}</Button>
      <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={end} title={t("keys.revokeThis", { key: item.key_id })} confirm={t("keys.revoke")} consequences={[t("keys.revokeThen"), t("keys.revokeEver")]} danger />
    </li>
  );
}

/** Whose events it brings and what it may; of an old key also what is wrong with it. */
function Marks({ item, unstaffed }: { item: Key; unstaffed: boolean }) {
  const { t } = useTranslation("placements");
  return (
    <>
      {item.source !== null && <SourceBadge source={item.source} />}
      {item.source === null && unstaffed && <Tag tone="wrong" title={t("keys.noSourceSays")}>{t("keys.noSource")}</Tag>}
      {item.trusted && (unstaffed ? <Tag tone="wrong" title={t("keys.publicSays")}>{t("keys.public")}</Tag> : <Tag tone="watch" title={t("keys.trusted")}>{t("keys.tillKey")}</Tag>)}
    </>
  );
}
