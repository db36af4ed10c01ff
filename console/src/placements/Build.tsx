import { NumberInput, SegmentedControl, Select, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import actionClasses from "../actions/Actions.module.css";
import { called, tryPlacement, useActions, usePlacement } from "../actions/data";
import type { Placement, TriedPlacement } from "../actions/data";
import { TOUCHPOINTS } from "../actions/draft";
import { EntryAsOpened, EntryEditor } from "../actions/entry/EntryEditor";
import { useEntry } from "../actions/entry/useEntry";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Loading, Page, Section } from "../parts";
import { definitionOf, draftOf, MESSAGES, startOf } from "./draft";
import type { Draft } from "./draft";
import classes from "./Placements.module.css";
import { Often } from "./Often";
import { useSilence } from "./words";

const FORMATS = ["banner", "strip", "portrait", "tile", "card", "line"];
const SILENCES = ["5 minutes", "15 minutes", "30 minutes", "2 hours", "1 day", "7 days"];

/** A new placement, or one that is there. */
export default function Build() {
  const { t } = useTranslation("placements");
  const { may } = useSession();
  const { name } = useParams();
  if (!may("shape")) return <Denied title={t("title")} />;
  return name === undefined ? <New /> : <Old key={name} name={name} />;
}

function New() {
  const { t } = useTranslation("placements");
  const { data } = useActions();
  if (!data) return <Page title={t("new")}><Loading rows={6} /></Page>;
  // what others fall back to will do here too
  const usual = [...data.actions].sort((a, b) => b.fallback_of.length - a.fallback_of.length || Number(b.kind === "content") - Number(a.kind === "content"))[0];
  return <Editor before={null} start={startOf("web", usual?.name)} />;
}

function Old({ name }: { name: string }) {
  const { data, error, refetch } = usePlacement(name);
  return (
    <EntryAsOpened section="placements" found={data?.placement} error={error} retry={() => void refetch()}>
      {(before) => <Editor before={before} start={draftOf(before.definition)} />}
    </EntryAsOpened>
  );
}

function Editor({ before, start }: { before: Placement | null; start: Draft }) {
  const { t } = useTranslation("placements");
  const entry = useEntry({ section: "placements", before, start, draftOf, definitionOf, tryIt: tryPlacement });
  const tried = entry.tried.data;
  const competing = entry.review?.tried.competing ?? [];
  return (
    <EntryEditor
      entry={entry}
      form={<Section title={t("facts.title")}><Form draft={entry.draft} fresh={before === null} change={entry.change} wrong={entry.wrong} /></Section>}
      happens={tried?.definition && entry.problems.length === 0 && <Happens tried={tried} />}
      reaches={competing.length > 0 ? t("wouldCompete", { count: competing.length }) : t("noneFits")}
    />
  );
}

function Happens({ tried: { competing, misfits } }: { tried: TriedPlacement }) {
  const { t } = useTranslation("placements");
  const actions = useActions().data?.actions ?? [];
  const nameOf = (name: string) => called(actions.find((each) => each.name === name) ?? { name });
  return (
    <>
      <p className={classes.quiet}>{competing.length > 0 ? t("wouldCompete", { count: competing.length }) : t("noneFits")}</p>
      {competing.length > 0 && <ul>{competing.slice(0, 12).map((each) => <li key={each}>{nameOf(each)}</li>)}</ul>}
      {misfits.length > 0 && <p className={classes.quiet}>{t("misfits", { count: misfits.length })}</p>}
    </>
  );
}

function Form({ draft, fresh, change, wrong }: { draft: Draft; fresh: boolean; change: (part: Partial<Draft>) => void; wrong: (place: string) => string | undefined }) {
  const { t } = useTranslation("placements");
  const { t: ta } = useTranslation("actions");
  const silence = useSilence();
  const actions = useActions().data?.actions ?? [];
  const formats = [...new Set([...FORMATS, ...actions.flatMap(({ definition }) => ((definition.content as { format: string }[] | undefined) ?? []).map(({ format }) => format))])];
  const count = (name: "slots" | "exploration" | "timeout_ms" | "personal_facts", says: string, limits: { min: number; max: number }, suffix?: string) => (
    <NumberInput label={t(`facts.${name}`)} description={says} value={draft[name]} onChange={(value) => change({ [name]: Number(value) || 0 })} error={wrong(name)} {...limits} suffix={suffix} />
  );
  return (
    <div className={actionClasses.fields}>
      <TextInput label={t("facts.title_")} value={draft.title} onChange={(event) => change({ title: event.currentTarget.value })} error={wrong("title")} maxLength={200} required />
      <div className={actionClasses.pair}>
        <Select label={t("facts.touchpoint")} allowDeselect={false} data={TOUCHPOINTS.map((value) => ({ value, label: ta(`touchpoint.${value}`) }))} value={draft.touchpoint} error={wrong("touchpoint")} onChange={(touchpoint) => touchpoint && change(fresh ? { ...startOf(touchpoint, draft.fallback), title: draft.title } : { touchpoint })} />
        {count("slots", t("facts.slotsSays"), { min: 1, max: 20 })}
      </div>
      <TagsInput label={t("facts.formats")} description={t("facts.formatsSays")} data={formats} value={draft.formats} onChange={(next) => change({ formats: next })} error={wrong("formats")} required />
      <Select label={t("facts.fallback")} description={t("facts.fallbackSays")} searchable allowDeselect={false} data={actions.map((each) => ({ value: each.name, label: called(each) }))} value={draft.fallback || null} onChange={(fallback) => change({ fallback: fallback ?? "" })} error={wrong("fallback")} required />
      <div>
        <span className={actionClasses.label} id="seen-by">{t("facts.seen_by")}</span>
        <div><SegmentedControl aria-labelledby="seen-by" value={draft.seen_by} onChange={(seen_by) => change({ seen_by: seen_by as Draft["seen_by"] })} data={[{ value: "one", label: t("facts.one") }, { value: "many", label: t("facts.many") }]} /></div>
        {draft.seen_by === "many" && <p className={classes.quiet}>{t("facts.manySays")}</p>}
      </div>
      <div className={actionClasses.pair}>
        {count("exploration", t("facts.explorationSays"), { min: 0, max: 50 }, " %")}
        {count("timeout_ms", t("facts.timeoutSays"), { min: 1, max: 10_000 }, " ms")}
      </div>
      <div className={actionClasses.pair}>
        {count("personal_facts", t("facts.personal_factsSays"), { min: 0, max: 20 })}
        <Select label={t("facts.silence")} description={t("facts.silenceSays")} allowDeselect={false} data={[...new Set([draft.silence, ...SILENCES])].map((value) => ({ value, label: silence(value) }))} value={draft.silence} onChange={(next) => next && change({ silence: next })} error={wrong("silence")} />
      </div>
      {MESSAGES.includes(draft.touchpoint) && <TextInput label={t("facts.quiet")} description={t("facts.quietSays")} placeholder="21:00-08:00" value={draft.quiet} onChange={(event) => change({ quiet: event.currentTarget.value })} error={wrong("quiet")} maxLength={20} />}
      <Often caps={draft.caps} change={(caps) => change({ caps })} wrong={wrong} />
    </div>
  );
}
