import { CloseButton, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { Denied } from "../app/Denied";
import { prefetch } from "../app/routes";
import { useSession } from "../app/session";
import { Filters, Page } from "../parts";
import { recordQuery } from "../record/data";
import type { GoldenRecord } from "../record/data";
import { labelOf } from "../record/who";
import { OUTCOMES, useWhat } from "./data";
import type { Filter, OutcomeName } from "./data";
import classes from "./Decisions.module.css";
import { LogList } from "./LogList";
import { Person } from "./Person";
import { useWords } from "./words";

/** What was decided, as it comes. */
export default function Decisions() {
  const { t } = useTranslation("decisions");
  const { may } = useSession();
  useEffect(() => prefetch("decision"), []);
  if (!may("decisions")) return <Denied title={t("title")} />;
  return <Log />;
}

function Log() {
  const { t } = useTranslation("decisions");
  const [filter, change] = useFilter();
  const filtered = Object.keys(filter).length > 0;
  const { may } = useSession();
  const none = filtered ? t("log.noneFiltered") : may("decide") ? <>{t("log.noneYet")} <Link to="/simulator" className={classes.link}>{t("log.try")}</Link></> : t("log.noneYet");
  return (
    <Page title={t("title")} description={t("says")}>
      <LogList key={JSON.stringify(filter)} filter={filter} none={none}>
        <Filtering filter={filter} onChange={change} />
      </LogList>
    </Page>
  );
}

function Filtering({ filter, onChange }: { filter: Filter; onChange: (changed: Partial<Filter>) => void }) {
  const { t } = useTranslation("decisions");
  const words = useWords();
  const { placements, called } = useWhat();
  const names = [...new Set([...placements.map(({ name }) => name), ...(filter.placement ? [filter.placement] : [])])];
  const chosen = [...(filter.fallback ? ["fallback"] : []), ...(filter.outcome ? [filter.outcome] : [])];
  const choose = (next: string[]) => {
    // one of the outcomes; a fallback has none
    const last = next.find((each) => !chosen.includes(each));
    const keep = last ?? next[0];
    onChange({ fallback: keep === "fallback" ? true : undefined, outcome: keep !== undefined && keep !== "fallback" ? (keep as OutcomeName) : undefined });
  };
  return (
    <div className={classes.filters}>
      <NativeSelect size="sm" aria-label={t("filter.placement")} value={filter.placement ?? ""} onChange={(event) => onChange({ placement: event.currentTarget.value || undefined })} data={[{ value: "", label: t("filter.everywhere") }, ...names.map((name) => ({ value: name, label: called(name) }))]} />
      {filter.person ? <Hers id={filter.person} onClear={() => onChange({ person: undefined })} /> : <Person label={t("filter.person")} onChoose={(person) => onChange({ person })} />}
      <Filters
        label={t("filter.outcome")}
        choices={[...OUTCOMES.map((value) => ({ value, label: words.outcome(value) })), { value: "fallback", label: t("fallback") }]}
        chosen={chosen}
        onChange={choose}
      />
    </div>
  );
}

/** Whose decisions are shown; the way back to all. */
function Hers({ id, onClear }: { id: string; onClear: () => void }) {
  const { t } = useTranslation("decisions");
  const { data } = useQuery({ ...recordQuery(id, "certain"), retry: false });
  return (
    <span className={classes.chosen}>
      <Link to={`/customers/${id}`} className={classes.link}>{data ? labelOf(data as GoldenRecord) : t("somebody")}</Link>
      <CloseButton size="xs" aria-label={t("filter.everybody")} title={t("filter.everybody")} onClick={onClear} />
    </span>
  );
}

/** The filter as the address says it. */
function useFilter(): [Filter, (changed: Partial<Filter>) => void] {
  const [search, setSearch] = useSearchParams();
  const outcome = OUTCOMES.find((each) => each === search.get("outcome"));
  const filter: Filter = {};
  if (search.get("placement")) filter.placement = search.get("placement")!;
  if (search.get("person")) filter.person = search.get("person")!;
  if (search.get("fallback") === "true") filter.fallback = true;
  else if (outcome) filter.outcome = outcome;
  const change = (changed: Partial<Filter>) => {
    const next = Object.entries({ ...filter, ...changed }).filter(([, value]) => value !== undefined);
    setSearch(Object.fromEntries(next.map(([name, value]) => [name, String(value)])), { replace: true, preventScrollReset: true });
  };
  return [filter, change];
}
