import { Button, Select } from "@mantine/core";
import { IconNotebook, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty, Failed, Loading, Page, VirtualRows, When } from "../../parts";
import type { Column } from "../../parts";
import classes from "../Settings.module.css";
import { ACTS, isKnown, subjectOf } from "./acts";
import type { Entry } from "./acts";
import { EntryShown } from "./EntryShown";
import { useAudit } from "./useAudit";

/** Who did what, when. */
export function Audit() {
  const { t } = useTranslation("settings");
  const { pages, entries, names } = useAudit();
  const [actor, setActor] = useState<string | null>(null);
  const [act, setAct] = useState<string | null>(null);
  const [opened, setOpened] = useState<Entry | null>(null);
  const actors = new Map(entries.map((entry) => [entry.actor, entry.actor_name]));
  const acts = [...new Set(entries.map((entry) => entry.act))];
  const shown = entries.filter((entry) => (actor === null || entry.actor === actor) && (act === null || entry.act === act));
  const inWords = (name: string) => (isKnown(name) ? t(`act.${ACTS[name]}`) : name);
  return (
    <Page
      title={t("section.audit")}
      description={t("audit.says")}
      actions={<Button variant="default" leftSection={<IconRefresh size={15} />} loading={pages.isRefetching} onClick={() => void pages.refetch()}>{t("audit.refresh")}</Button>}
    >
      {pages.isPending && <Loading rows={10} />}
      {pages.isError && entries.length === 0 && <Failed error={pages.error} retry={() => void pages.refetch()} />}
      {entries.length > 0 && (
        <div className={classes.filters}>
          <Select label={t("audit.what")} placeholder={t("audit.every")} clearable searchable value={act} onChange={setAct} data={acts.map((value) => ({ value, label: inWords(value) }))} />
          <Select label={t("audit.who")} placeholder={t("audit.anybody")} clearable searchable value={actor} onChange={setActor} data={[...actors].map(([value, label]) => ({ value, label }))} />
        </div>
      )}
      {pages.isSuccess && shown.length === 0 && !pages.hasNextPage && <Empty icon={IconNotebook}>{t("audit.none")}</Empty>}
      {(shown.length > 0 || pages.hasNextPage) && (
        <List
          rows={shown}
          names={names}
          inWords={inWords}
          onOpen={setOpened}
          more={{ hasMore: pages.hasNextPage, onMore: () => void pages.fetchNextPage(), loadingMore: pages.isFetchingNextPage, error: pages.isFetchNextPageError ? pages.error : undefined }}
        />
      )}
      <EntryShown entry={opened} names={names} onClose={() => setOpened(null)} />
    </Page>
  );
}

interface ListProps {
  rows: Entry[];
  names: ReadonlyMap<string, string>;
  inWords: (act: string) => string;
  onOpen: (entry: Entry) => void;
  more: { hasMore: boolean; onMore: () => void; loadingMore: boolean; error: unknown };
}

function List({ rows, names, inWords, onOpen, more }: ListProps) {
  const { t } = useTranslation("settings");
  const columns: Column<Entry>[] = [
    { key: "at", title: t("audit.when"), width: "11.5rem", cell: (entry) => <When at={entry.at} as="both" /> },
    { key: "who", title: t("audit.who"), width: "minmax(8rem, 1fr)", cell: (entry) => entry.actor_name },
    { key: "what", title: t("audit.what"), width: "minmax(11rem, 1.5fr)", cell: (entry) => inWords(entry.act) },
    { key: "of", title: t("audit.of"), width: "minmax(8rem, 1.2fr)", cell: (entry) => <Of entry={entry} names={names} onOpen={onOpen} /> },
  ];
  return (
    <VirtualRows
      label={t("section.audit")}
      rows={rows}
      rowKey={(entry) => String(entry.audit_id)}
      columns={columns}
      onOpen={onOpen}
      {...more}
      card={(entry) => (
        <div>
          <strong>{inWords(entry.act)}</strong> <Of entry={entry} names={names} onOpen={onOpen} />
          <div className={classes.quiet}>{entry.actor_name}, <When at={entry.at} as="both" /></div>
        </div>
      )}
    />
  );
}

function Of({ entry, names, onOpen }: { entry: Entry; names: ReadonlyMap<string, string>; onOpen: (entry: Entry) => void }) {
  const { t } = useTranslation("settings");
  if (entry.act === "erase") return <button type="button" className={classes.open} onClick={() => onOpen(entry)}>{t("audit.proof")}</button>;
  const { text, to } = subjectOf(entry, names);
  return to ? <Link to={to} className={classes.mono}>{text}</Link> : <span className={classes.mono}>{text}</span>;
}
