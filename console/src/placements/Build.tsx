import { Button, NumberInput, SegmentedControl, Select, TagsInput, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import actionClasses from "../actions/Actions.module.css";
import { called, tryPlacement, useActions, useDefine, usePlacement } from "../actions/data";
import type { Definition, Placement, TriedPlacement } from "../actions/data";
import { TOUCHPOINTS } from "../actions/draft";
import { Problems } from "../actions/Problems";
import { Review } from "../actions/Review";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { Failed, Loading, Page, Section, undoable, useWide } from "../parts";
import { nameFrom } from "../segments/names";
import { CodeEditor } from "../settings/rules/CodeEditor";
import type { EditorHandle } from "../settings/rules/CodeEditor";
import { LeaveGuard } from "../settings/rules/LeaveGuard";
import { definitionOf, draftOf, MESSAGES, startOf } from "./draft";
import type { Draft } from "./draft";
import classes from "./Placements.module.css";
import { useSilence } from "./words";

const SETTLE = 400;
const UNNAMED = "new_placement";
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
  const { t } = useTranslation("placements");
  const { data, error, refetch } = usePlacement(name);
  const [before, begin] = useState<Placement | null>(null);
  if (data && before === null) begin(data.placement);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  if (before) return <Editor before={before} start={draftOf(before.definition)} />;
  return <Page title={t("one")}>{error ? <Failed error={error} retry={() => void refetch()} /> : <Loading rows={6} />}</Page>;
}

function Editor({ before, start }: { before: Placement | null; start: Draft }) {
  const { t } = useTranslation("placements");
  const { t: ta } = useTranslation("actions");
  const navigate = useNavigate();
  const { put, drop } = useDefine("placements");
  const [draft, setDraft] = useState(start);
  const [text, setText] = useState<string | null>(null);
  const [review, look] = useState<{ before: string; tried: TriedPlacement } | null>(null);
  const [failure, fail] = useState<unknown>(null);
  const editor = useRef<EditorHandle>(null);
  const leaving = useRef(false);
  const definition = useMemo(() => definitionOf(draft), [draft]);
  const said: Definition | string = text ?? definition;
  const name = before?.name ?? nameFrom(draft.title);
  const [settled] = useDebouncedValue(JSON.stringify(said), SETTLE);
  const [settledName] = useDebouncedValue(name, SETTLE);
  const tried = useQuery({
    queryKey: ["placements/try", settledName || UNNAMED, settled] as const,
    queryFn: () => tryPlacement(settledName || UNNAMED, JSON.parse(settled) as Definition | string),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const checking = tried.isPending || tried.isPlaceholderData || JSON.stringify(said) !== settled;
  const problems = useMemo(() => tried.data?.problems ?? [], [tried.data]);
  const dirty = JSON.stringify(definition) !== JSON.stringify(definitionOf(start)) || text !== null;
  const show = (way: string) => {
    if (way === "text") setText(tried.data?.text ?? "");
    else if (tried.data?.definition && problems.length === 0) {
      setDraft(draftOf(tried.data.definition));
      setText(null);
    }
  };
  const toReview = async () => {
    fail(null);
    try {
      const [now, was] = await Promise.all([tryPlacement(name, said), before ? tryPlacement(name, before.definition) : null]);
      if (now.problems.length > 0) await tried.refetch();
      else look({ before: was?.text ?? "", tried: now });
    } catch (error) {
      fail(error);
    }
  };
  const apply = async () => {
    const next = review!.tried.definition!;
    await put.mutateAsync({ name, definition: next, revision: before?.revision ?? "" });
    leaving.current = true;
    undoable(t("saved", { name: called({ title: next.title as string, name }) }), () => (before ? put.mutateAsync({ name, definition: before.definition }) : drop.mutateAsync(name)));
    await navigate(`/placements/${name}`);
  };
  const wide = useWide();
  const toReviewButton = <Button onClick={() => void toReview()} disabled={name === "" || checking || problems.length > 0 || Boolean(tried.error)}>{ta("review.title")}</Button>;
  return (
    <Page
      title={before ? t("editing", { name: called(before) }) : t("new")} documentTitle={t("one")} description={name ? t("nameIs", { name }) : t("nameComes")}
      above={<Link to={before ? `/placements/${before.name}` : "/placements"}>← {before ? called(before) : t("title")}</Link>}
      actions={
        <>
          <SegmentedControl value={text === null ? "form" : "text"} onChange={show} data={[{ value: "form", label: t("asForm"), disabled: text !== null && (checking || problems.length > 0) }, { value: "text", label: t("asText"), disabled: checking && text === null }]} aria-label={t("as")} />
          {wide && toReviewButton}
        </>
      }
    >
      {failure !== null && <Failed error={failure} />}
      <div className={actionClasses.builder}>
        <Section title={text === null ? t("facts.title") : t("asText")} description={text === null ? undefined : t("textSays")}>
          {text === null ? <Form draft={draft} fresh={before === null} change={(part) => setDraft((held) => ({ ...held, ...part }))} wrong={(place) => problems.find((each) => each.place === place || each.place?.startsWith(`${place}.`))?.message} /> : <CodeEditor ref={editor} value={text} onChange={setText} language="yaml" label={t("textLabel")} problems={problems} />}
        </Section>
        <div className={actionClasses.beside}>
          <Section title={t("willHappen")}>
            {tried.error ? <Failed error={tried.error} /> : <Problems problems={problems} checking={checking} onGo={text === null ? undefined : (line) => editor.current?.goTo(line)} />}
            {tried.data?.definition && problems.length === 0 && <Happens tried={tried.data} />}
          </Section>
          {!wide && toReviewButton}
        </div>
      </div>
      {review && <Review title={ta("review.of", { name: called({ title: review.tried.definition?.title as string, name }) })} before={review.before} after={review.tried.text} onClose={() => look(null)} onApply={apply} consequences={[review.tried.competing.length > 0 ? t("wouldCompete", { count: review.tried.competing.length }) : t("noneFits"), ta("review.now"), ta("review.kept")]} />}
      <LeaveGuard dirty={() => dirty && !leaving.current} />
    </Page>
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
    </div>
  );
}
