import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useParams } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Loading, Page, Section } from "../parts";
import classes from "./Actions.module.css";
import { NOBODY, tryAction, useAction, usePlacements } from "./data";
import type { Action, Definition, Supposed } from "./data";
import { definitionOf, draftOf, openIn, startOf } from "./draft";
import type { Draft } from "./draft";
import { EntryAsOpened, EntryEditor } from "./entry/EntryEditor";
import { useEntry } from "./entry/useEntry";
import { useFormats } from "./form/Contents";
import { Form } from "./form/Form";
import { Hints } from "./Hints";
import { Previews } from "./Previews";
import { Said } from "./Said";

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
  const { data, error, refetch } = useAction(name);
  return (
    <EntryAsOpened section="actions" found={data?.action} error={error} retry={() => void refetch()}>
      {(before) => <Editor before={before} start={draftOf(before.definition)} />}
    </EntryAsOpened>
  );
}

function Editor({ before, start }: { before: Action | null; start: Draft }) {
  const { t } = useTranslation("actions");
  const [supposed, suppose] = useState<Supposed>(NOBODY);
  const entry = useEntry({ section: "actions", before, start, draftOf, definitionOf, tryIt: (name, said) => tryAction(name, said, supposed), asked: supposed, lacks: openIn });
  const tried = entry.tried.data;
  const placements = tried?.placements ?? [];
  return (
    <EntryEditor
      entry={entry}
      form={<Form draft={entry.draft} change={entry.change} wrong={entry.wrong} />}
      happens={
        <>
          {entry.open.length > 0 && <ul className={classes.open}>{entry.open.map((each) => <li key={each}>{t(`open.${each}`)}</li>)}</ul>}
          {tried && <Hints hints={tried.hints} />}
          {tried?.definition && <Said definition={tried.definition} placements={placements} fallbackOf={before?.fallback_of ?? []} />}
        </>
      }
      beside={
        <Section title={t("preview.title")}>
          {tried ? <Previews tried={tried} supposed={supposed} suppose={suppose} changing={entry.checking} discounts={entry.draft.discounts} /> : <Loading rows={3} />}
        </Section>
      }
      reaches={placements.length > 0 ? t("review.where", { count: placements.length }) : t("told.nowhere")}
    />
  );
}
