/** An entry of a file being edited: as a form or as YAML, tried as it changes, looked at before it is put in force. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { undoable } from "../../parts";
import { nameFrom } from "../../segments/names";
import { called, useDefine } from "../data";
import type { Definition, EntryProblem, Section } from "../data";

const SETTLE = 400;
const UNNAMED = { actions: "new_action", placements: "new_placement" };

/** An entry as it was when somebody began to edit it. */
export interface Held {
  name: string;
  title: string;
  revision: string;
  definition: Definition;
}

/** What is answered to an entry that is tried. */
export interface TriedEntry {
  text: string;
  definition: Definition | null;
  problems: readonly EntryProblem[];
}

export interface Editing<Draft, Tried, Lack extends string> {
  section: Section;
  /** null: a new one */
  before: Held | null;
  start: Draft;
  draftOf: (definition: Definition) => Draft;
  definitionOf: (draft: Draft) => Definition;
  tryIt: (name: string, said: Definition | string) => Promise<Tried>;
  /** What else the answer depends on. */
  asked?: unknown;
  /** What the form still lacks, as keys of the texts' `open`. */
  lacks?: (draft: Draft) => readonly Lack[];
}

export function useEntry<Draft extends { title: string }, Tried extends TriedEntry, Lack extends string = never>({ section, before, start, draftOf, definitionOf, tryIt, asked = null, lacks }: Editing<Draft, Tried, Lack>) {
  // the two sections have these texts alike
  const { t } = useTranslation(section as "actions");
  const navigate = useNavigate();
  const { put, drop } = useDefine(section);
  const [draft, setDraft] = useState(start);
  const [text, setText] = useState<string | null>(null);
  /** The text when it began to be edited as such. */
  const [begun, begin] = useState("");
  const [review, look] = useState<{ before: string; tried: Tried } | null>(null);
  const [reviewing, begins] = useState(false);
  const [failure, fail] = useState<unknown>(null);
  const leaving = useRef(false);

  const definition = useMemo(() => definitionOf(draft), [draft, definitionOf]);
  const said = text ?? definition;
  const name = before?.name ?? nameFrom(draft.title);
  const [settled] = useDebouncedValue(JSON.stringify(said), SETTLE);
  const [settledName] = useDebouncedValue(name, SETTLE);
  const tried = useQuery({
    queryKey: [`${section}/try`, settledName || UNNAMED[section], settled, asked] as const,
    queryFn: () => tryIt(settledName || UNNAMED[section], JSON.parse(settled) as Definition | string),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
  const checking = tried.isPending || tried.isPlaceholderData || JSON.stringify(said) !== settled;
  const problems = useMemo(() => tried.data?.problems ?? [], [tried.data]);
  const open = text === null ? (lacks?.(draft) ?? []) : [];
  const ready = name !== "" && open.length === 0 && !checking && !tried.error && problems.length === 0;

  const show = (way: string) => {
    if (way === "text") {
      begin(tried.data?.text ?? "");
      setText(tried.data?.text ?? "");
    } else if (tried.data?.definition && problems.length === 0) {
      setDraft(draftOf(tried.data.definition));
      setText(null);
    }
  };
  const toReview = async () => {
    begins(true);
    fail(null);
    try {
      const [now, was] = await Promise.all([tryIt(name, said), before ? tryIt(name, before.definition) : null]);
      if (now.problems.length > 0) await tried.refetch();
      else look({ before: was?.text ?? "", tried: now });
    } catch (error) {
      fail(error);
    } finally {
      begins(false);
    }
  };
  const apply = async () => {
    const next = review!.tried.definition!;
    await put.mutateAsync({ name, definition: next, revision: before?.revision ?? "" });
    leaving.current = true;
    undoable(t("saved", { name: called({ title: next.title as string, name }) }), () => (before ? put.mutateAsync({ name, definition: before.definition }) : drop.mutateAsync(name)));
    await navigate(`/${section}/${name}`);
  };
  const dirty = () => !leaving.current && (JSON.stringify(definition) !== JSON.stringify(definitionOf(start)) || (text !== null && text !== begun));

  return {
    section, before, name, draft, text, setText, show, tried, checking, problems, open, ready, failure, review, reviewing, toReview, apply, dirty,
    change: (part: Partial<Draft>) => setDraft((held) => ({ ...held, ...part })),
    closeReview: () => look(null),
    /** What is wrong at a place of the form. */
    wrong: (place: string): string | undefined => {
      const found = problems.find((each) => each.place === place || each.place?.startsWith(`${place}.`));
      return found && [found.message, found.cure].filter(Boolean).join("; ");
    },
  };
}

/** What an editor of an entry knows, and what it can do. */
export type Entry = ReturnType<typeof useEntry<{ title: string }, TriedEntry, string>>;
