import { Button, SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { Failed, Loading, Page, Section, undoable, useWide } from "../parts";
import { nameFrom } from "../segments/names";
import { CodeEditor } from "../settings/rules/CodeEditor";
import type { EditorHandle } from "../settings/rules/CodeEditor";
import { LeaveGuard } from "../settings/rules/LeaveGuard";
import classes from "./Actions.module.css";
import { called, NOBODY, tryAction, tryOf, useAction, useDefine, usePlacements } from "./data";
import type { Action, Definition, Supposed, Tried } from "./data";
import { definitionOf, draftOf, openIn, startOf } from "./draft";
import type { Draft } from "./draft";
import { useFormats } from "./form/Contents";
import { Form } from "./form/Form";
import { Hints } from "./Hints";
import { Previews } from "./Previews";
import { Problems } from "./Problems";
import { Review } from "./Review";
import { Said } from "./Said";

const SETTLE = 400;
const UNNAMED = "new_action";

/** A new action, or one that is there: a form, the same as YAML, and what will happen beside it. */
export default function Build() {
  const { t } = useTranslation("actions");
  const { may } = useSession();
  const { name } = useParams();
  if (!may("shape")) return <Denied title={t("title")} />;
  return name === undefined ? <New /> : <Old key={name} name={name} />;
}

function New() {
  const { t } = useTranslation("actions");
  const { state } = useLocation() as { state: { copy?: Definition } | null };
  const { isPending } = usePlacements();
  const formats = useFormats();
  // it begins with the format that most placements ask for
  if (isPending) return <Page title={t("new")}><Loading rows={8} /></Page>;
  const copied = state?.copy && { ...draftOf(state.copy), title: "" };
  return <Editor before={null} start={copied ?? startOf("offer", formats)} />;
}

function Old({ name }: { name: string }) {
  const { t } = useTranslation("actions");
  const { data, error, refetch } = useAction(name);
  const [before, begin] = useState<Action | null>(null);
  if (data && before === null) begin(data.action);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  if (before) return <Editor before={before} start={draftOf(before.definition)} />;
  return <Page title={t("one")}>{error ? <Failed error={error} retry={() => void refetch()} /> : <Loading rows={8} />}</Page>;
}

function Editor({ before, start }: { before: Action | null; start: Draft }) {
  const { t } = useTranslation("actions");
  const navigate = useNavigate();
  const { put, drop } = useDefine("actions");
  const [draft, setDraft] = useState(start);
  const [text, setText] = useState<string | null>(null);
  const [supposed, suppose] = useState<Supposed>(NOBODY);
  const [review, look] = useState<{ before: string; tried: Tried } | null>(null);
  const [asking, ask] = useState(false);
  const [failure, fail] = useState<unknown>(null);
  const editor = useRef<EditorHandle>(null);
  const leaving = useRef(false);

  const definition = useMemo(() => definitionOf(draft), [draft]);
  const said = text ?? definition;
  const name = before?.name ?? nameFrom(draft.title);
  const [settled] = useDebouncedValue(JSON.stringify(said), SETTLE);
  const [settledName] = useDebouncedValue(name, SETTLE);
  const tried = useQuery(tryOf(settledName || UNNAMED, JSON.parse(settled) as Definition | string, supposed));
  const checking = tried.isPending || tried.isPlaceholderData || JSON.stringify(said) !== settled;
  const problems = useMemo(() => tried.data?.problems ?? [], [tried.data]);
  const wrong = (place: string) => {
    const found = problems.find((each) => each.place === place || each.place?.startsWith(`${place}.`));
    return found && [found.message, found.cure].filter(Boolean).join("; ");
  };
  const open = text === null ? openIn(draft) : [];
  const ready = name !== "" && open.length === 0 && !checking && !tried.error && problems.length === 0;
  const dirty = JSON.stringify(definition) !== JSON.stringify(definitionOf(start)) || (text !== null && tried.data?.definition !== null && JSON.stringify(tried.data?.definition) !== JSON.stringify(before?.definition ?? null));

  const show = (way: string) => {
    if (way === "text") setText(tried.data?.text ?? "");
    else if (tried.data?.definition && problems.length === 0) {
      setDraft(draftOf(tried.data.definition));
      setText(null);
    }
  };
  const toReview = async () => {
    ask(true);
    fail(null);
    try {
      const [now, was] = await Promise.all([tryAction(name, said), before ? tryAction(name, before.definition) : null]);
      if (now.problems.length > 0) await tried.refetch();
      else look({ before: was?.text ?? "", tried: now });
    } catch (error) {
      fail(error);
    } finally {
      ask(false);
    }
  };
  const apply = async () => {
    await put.mutateAsync({ name, definition: review!.tried.definition!, revision: before?.revision ?? "" });
    leaving.current = true;
    const title = called({ title: review!.tried.definition!.title as string, name });
    undoable(t("saved", { name: title }), () => (before ? put.mutateAsync({ name, definition: before.definition }) : drop.mutateAsync(name)));
    await navigate(`/actions/${name}`);
  };
  const placements = tried.data?.placements ?? [];
  const wide = useWide();
  const toReviewButton = <Button onClick={() => void toReview()} disabled={!ready} loading={asking}>{t("review.title")}</Button>;
  return (
    <Page
      title={before ? t("editing", { name: called(before) }) : t("new")} documentTitle={t("one")} above={<Link to={before ? `/actions/${before.name}` : "/actions"}>← {before ? called(before) : t("title")}</Link>}
      description={name ? t("nameIs", { name }) : t("nameComes")}
      actions={
        <>
          <SegmentedControl value={text === null ? "form" : "text"} onChange={show} data={[{ value: "form", label: t("asForm"), disabled: text !== null && (checking || problems.length > 0) }, { value: "text", label: t("asText"), disabled: checking && text === null }]} aria-label={t("as")} />
          {wide && toReviewButton}
        </>
      }
    >
      {failure !== null && <Failed error={failure} />}
      <div className={classes.builder}>
        {text === null ? (
          <Form draft={draft} change={(part) => setDraft((held) => ({ ...held, ...part }))} wrong={wrong} />
        ) : (
          <Section title={t("asText")} description={t("textSays")}>
            <CodeEditor ref={editor} value={text} onChange={setText} language="yaml" label={t("textLabel")} problems={problems} />
          </Section>
        )}
        <div className={classes.beside}>
          <Section title={t("willHappen")}>
            {tried.error ? <Failed error={tried.error} /> : <Problems problems={problems} checking={checking} onGo={text === null ? undefined : (line) => editor.current?.goTo(line)} />}
            {open.length > 0 && <ul className={classes.open}>{open.map((each) => <li key={each}>{t(`open.${each}`)}</li>)}</ul>}
            {tried.data && <Hints hints={tried.data.hints} />}
            {tried.data?.definition && <Said definition={tried.data.definition} placements={placements} fallbackOf={before?.fallback_of ?? []} />}
          </Section>
          <Section title={t("preview.title")}>
            {tried.data ? <Previews tried={tried.data} supposed={supposed} suppose={suppose} changing={checking} discounts={draft.discounts} /> : <Loading rows={3} />}
          </Section>
          {!wide && toReviewButton}
        </div>
      </div>
      {review && (
        <Review
          title={t("review.of", { name: called({ title: review.tried.definition?.title as string, name }) })} before={review.before} after={review.tried.text} onClose={() => look(null)} onApply={apply}
          consequences={[placements.length > 0 ? t("review.where", { count: placements.length }) : t("told.nowhere"), t("review.now"), t("review.kept")]}
        />
      )}
      <LeaveGuard dirty={() => dirty && !leaving.current} />
    </Page>
  );
}
