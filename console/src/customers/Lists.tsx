import { Button, Group, SegmentedControl } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useSession } from "../app/session";
import { Empty } from "../parts/Empty";
import { Failed } from "../parts/Failed";
import { Filters } from "../parts/Filters";
import { useFormat } from "../parts/format";
import { Loading } from "../parts/Loading";
import { VirtualRows } from "../parts/VirtualRows";
import classes from "./Customers.module.css";
import { useAll, useRecent } from "./data";
import type { Glance } from "./data";
import { Card, useColumns } from "./rows";

const FILTERS: Record<string, boolean> = { known: true, anonymous: false };

/** Who was active lately, or everybody. Which of them stands in the address. */
export function Lists() {
  const { t } = useTranslation("customers");
  const [search, setSearch] = useSearchParams();
  const show = search.get("show") === "all" ? "all" : "recent";
  const choose = (next: string) => setSearch(next === "all" ? { show: "all" } : {}, { replace: true, preventScrollReset: true });
  return (
    <>
      <div className={classes.bar}>
        <SegmentedControl value={show} onChange={choose} aria-label={t("tab.label")} data={[{ value: "recent", label: t("tab.recent") }, { value: "all", label: t("tab.all") }]} />
        {show === "all" && <AllBar />}
      </div>
      {show === "all" ? <All /> : <Recent />}
    </>
  );
}

/** The filter of all, as the address says it. */
function useOnly(): [string | null, (only: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  const only = search.get("only");
  const set = (next: string | null) => setSearch(next ? { show: "all", only: next } : { show: "all" }, { replace: true, preventScrollReset: true });
  return [only !== null && only in FILTERS ? only : null, set];
}

function AllBar() {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const [only, setOnly] = useOnly();
  const { total } = useAll(only === null ? undefined : FILTERS[only]);
  return (
    <>
      <Filters one label={t("filter.label")} choices={[{ value: "known", label: t("filter.known") }, { value: "anonymous", label: t("filter.anonymous") }]} chosen={only ? [only] : []} onChange={(chosen) => setOnly(chosen[0] ?? null)} />
      <span className={classes.total} role="status">{total === undefined ? "" : t("total", { count: total, number: format.number(total) })}</span>
    </>
  );
}

function All() {
  const { t } = useTranslation("customers");
  const [only] = useOnly();
  const all = useAll(only === null ? undefined : FILTERS[only]);
  const columns = useColumns();
  if (all.isPending) return <Loading rows={12} height={28} />;
  if (all.error && all.rows.length === 0) return <Failed error={all.error} retry={() => void all.refetch()} />;
  if (all.rows.length === 0 && !all.hasNextPage) return only ? <Empty icon={IconUsers}>{t("nobodyHere")}</Empty> : <NoneYet />;
  return (
    <VirtualRows
      key={only}
      label={t("allLabel")}
      rows={all.rows}
      rowKey={keyOf}
      columns={columns}
      card={cardOf}
      to={pathOf}
      total={all.total}
      hasMore={all.hasNextPage}
      onMore={() => void all.fetchNextPage()}
      loadingMore={all.isFetchingNextPage}
      error={all.isFetchNextPageError ? all.error : undefined}
      cardHeight={104}
    />
  );
}

function Recent() {
  const { t } = useTranslation("customers");
  const recent = useRecent();
  const columns = useColumns();
  if (recent.isPending) return <Loading rows={12} height={28} />;
  if (!recent.data) return <Failed error={recent.error} retry={() => void recent.refetch()} />;
  if (recent.data.persons.length === 0) return <NoneYet />;
  return <VirtualRows label={t("recentLabel")} rows={recent.data.persons} rowKey={keyOf} columns={columns} card={cardOf} to={pathOf} cardHeight={104} />;
}

const keyOf = (person: Glance) => person.person_id;
const pathOf = (person: Glance) => `/customers/${person.person_id}`;
const cardOf = (person: Glance) => <Card person={person} />;

/** An installation to which nothing was sent yet: what this page is for, and how it begins. */
function NoneYet() {
  const { t } = useTranslation("customers");
  const { may } = useSession();
  const [source, file] = [may("manage_sources"), may("import")];
  const action = (source || file) && (
    <Group justify="center" gap="xs">
      {source && <Button component={Link} to="/sources">{t("empty.source")}</Button>}
      {file && <Button component={Link} to="/imports/new" variant={source ? "default" : "filled"}>{t("empty.import")}</Button>}
    </Group>
  );
  return <Empty icon={IconUsers} title={t("empty.title")} action={action}>{t(source || file ? "empty.says" : "empty.ask")}</Empty>;
}
