import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ApiError } from "../../api/client";
import { done, undoable } from "../../parts";
import { useApply, useCheck } from "./definitions";
import type { Definition, RulesSection } from "./definitions";
import { merge } from "./diff";

/** What a text was made from. */
export interface Base {
  version: number;
  body: string;
}

const NEW_SCHEMA = `{
  "type": "object",
  "properties": {
    "order_id": {"type": "string"},
    "revenue": {"type": "number", "minimum": 0}
  },
  "required": ["order_id"]
}
`;

/** A text that is not in force yet, with what is wrong with it and what came in between. */
export function useDraft(section: RulesSection, name: string, definitions: Definition[]) {
  const { t } = useTranslation("settings");
  const navigate = useNavigate();
  const current = definitions.find((each) => each.name === name);
  const [base, setBase] = useState<Base>({ version: current?.version ?? 0, body: current?.body ?? "" });
  const [text, setText] = useState(current?.body ?? NEW_SCHEMA);
  const check = useCheck(name, text);
  const applying = useApply();
  const leaving = useRef(false);
  const changed = text !== base.body;
  const moved = current !== undefined && current.version !== base.version && current.body !== text;
  const conflict = moved && !applying.isPending && !applying.isSuccess ? current : null;

  const apply = async () => {
    try {
      await applying.mutateAsync({ name, body: text, expected: base.version });
    } catch (error) {
      // another version came in between: it has been asked for again, and shows as a conflict
      if (error instanceof ApiError && error.status === 409) return;
      throw error;
    }
    leaving.current = true;
    const said = t("edit.done", { name });
    if (current) undoable(said, () => applying.mutateAsync({ name, body: base.body, expected: base.version + 1 }));
    else done(said);
    await navigate(`/settings/${section}`);
  };
  const rebase = (next: string) => {
    if (!current) return;
    setBase({ version: current.version, body: current.body });
    setText(next);
  };
  return {
    base,
    text,
    setText,
    changed,
    conflict,
    problems: check.problems,
    rules: check.rules,
    checking: check.checking,
    checkError: check.error,
    ready: changed && conflict === null && !check.checking && check.error === null && check.problems.length === 0,
    dirty: () => changed && !leaving.current,
    apply,
    merge: () => current && rebase(merge(base.body, text, current.body, { mine: t("conflict.mine"), theirs: t("conflict.theirs") }).text),
    keep: () => rebase(text),
    take: () => current && rebase(current.body),
  };
}
