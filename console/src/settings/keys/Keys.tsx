import { Button, Switch } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty, Failed, Loading, Page, SourceBadge, Tag, VirtualRows, When } from "../../parts";
import type { Column } from "../../parts";
import classes from "../Settings.module.css";
import { ShownOnce } from "../ShownOnce";
import { Ends } from "./Ends";
import { keysQuery } from "./keys";
import type { Key } from "./keys";
import { NewKey } from "./NewKey";
import { Revoke } from "./Revoke";

/** Every key of the API. */
export function Keys() {
  const { t } = useTranslation("settings");
  const asked = useQuery(keysQuery);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const keys = (asked.data?.keys ?? []).toReversed();
  const revoked = keys.filter((key) => key.revoked_at !== null).length;
  const add = <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => setAdding(true)}>{t("keys.add")}</Button>;
  return (
    <Page title={t("section.keys")} description={t("keys.says")} actions={keys.length ? add : undefined}>
      {asked.isPending && <Loading rows={8} />}
      {asked.isError && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data && keys.length === 0 && <Empty icon={IconKey} title={t("keys.none")} action={add}>{t("keys.noneSays")}</Empty>}
      {revoked > 0 && <Switch checked={all} onChange={(event) => setAll(event.currentTarget.checked)} label={t("keys.withRevoked", { count: revoked })} />}
      {keys.length > 0 && <List keys={keys.filter((key) => all || key.revoked_at === null)} />}
      <NewKey opened={adding} onClose={() => setAdding(false)} onMade={setMade} />
      {made && <ShownOnce title={t("keys.made")} text={made} warning={t("keys.once")} onClose={() => setMade(null)}>{t("keys.madeSays")}</ShownOnce>}
    </Page>
  );
}

function List({ keys }: { keys: Key[] }) {
  const { t } = useTranslation("settings");
  const columns: Column<Key>[] = [
    { key: "key", title: t("keys.key"), width: "8.5rem", cell: (key) => <span className={classes.mono}>{key.key_id}</span> },
    { key: "role", title: t("users.role"), width: "minmax(8rem, 1fr)", cell: (key) => t(`role.${key.role as "read"}`) },
    { key: "source", title: t("keys.source"), width: "minmax(9rem, 1.4fr)", cell: (key) => <Source item={key} /> },
    { key: "made", title: t("keys.created"), width: "minmax(7rem, 1fr)", cell: (key) => <span className={classes.line}><When at={key.created_at} /> <Ends at={key.revoked_at === null ? key.expires_at : null} /></span> },
    { key: "state", title: "", width: "8rem", align: "end", cell: (key) => <State item={key} /> },
  ];
  return (
    <VirtualRows
      label={t("section.keys")}
      rows={keys}
      rowKey={(key) => key.key_id}
      columns={columns}
      card={(key) => (
        <div className={classes.card}>
          <div>
            <span className={classes.mono}>{key.key_id}</span>
            <div className={classes.line}>{t(`role.${key.role as "read"}`)} <Source item={key} /></div>
            <div className={classes.quiet}>{t("keys.created")}: <When at={key.created_at} /> <Ends at={key.revoked_at === null ? key.expires_at : null} /></div>
          </div>
          <State item={key} />
        </div>
      )}
    />
  );
}

function Source({ item }: { item: Key }) {
  const { t } = useTranslation("settings");
  if (item.source === null) return <span className={classes.quiet}>–</span>;
  return (
    <span className={classes.line}>
      <Link to={`/sources/${encodeURIComponent(item.source)}`}><SourceBadge source={item.source} /></Link>
      {item.trusted && <Tag tone="accent" title={t("keys.trustedSays")}>{t("keys.trusted")}</Tag>}
    </span>
  );
}

function State({ item }: { item: Key }) {
  const { t } = useTranslation("settings");
  if (item.revoked_at === null) return <Revoke item={item} />;
  return <Tag tone="quiet">{t("keys.revoked")} <When at={item.revoked_at} as="date" /></Tag>;
}
