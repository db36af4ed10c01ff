import { Button, SegmentedControl } from "@mantine/core";
import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failed, Page } from "../../parts";
import { CodeEditor } from "./CodeEditor";
import type { EditorHandle } from "./CodeEditor";
import { Conflict } from "./Conflict";
import type { Definition, RulesSection, RulesView } from "./definitions";
import { Counts } from "./Diff";
import { LeaveGuard } from "./LeaveGuard";
import { Problems } from "./Problems";
import { Review } from "./Review";
import classes from "./Rules.module.css";
import { useDraft } from "./useDraft";

interface Props {
  section: RulesSection;
  name: string;
  definitions: Definition[];
  view: (rules: RulesView, definitions: Definition[]) => ReactNode;
}

/** A definition as text: checked as it is typed, compared before it is put in force. */
export function EditRules({ section, name, definitions, view }: Props) {
  const { t } = useTranslation("settings");
  const draft = useDraft(section, name, definitions);
  const [reviewing, setReviewing] = useState(false);
  const [shown, setShown] = useState<"text" | "read">("text");
  const editor = useRef<EditorHandle>(null);
  const here = draft.problems.filter((problem) => problem.name === name);
  const settle = (way: "merge" | "keep" | "take") => {
    // the review was of a text that is not the one any more
    setReviewing(false);
    setShown("text");
    draft[way]();
  };
  const reading = shown === "read" && draft.rules !== null;
  return (
    <Page
      title={t("edit.title", { name })}
      focusKey={name}
      above={<Link to={`/settings/${section}`}>← {t(`section.${section}`)}</Link>}
      actions={
        <SegmentedControl
          value={reading ? "read" : "text"}
          onChange={(value) => setShown(value as "text" | "read")}
          data={[{ value: "text", label: t("edit.text") }, { value: "read", label: t("edit.read"), disabled: draft.rules === null }]}
        />
      }
    >
      {draft.conflict && <Conflict name={name} base={draft.base} theirs={draft.conflict} onSettle={settle} />}
      {reading && draft.rules ? (
        view(draft.rules, definitions)
      ) : (
        <div>
          <CodeEditor ref={editor} value={draft.text} onChange={draft.setText} language={name.endsWith(".json") ? "json" : "yaml"} label={t("edit.label", { name })} problems={here} />
          <Problems name={name} problems={draft.problems} checking={draft.checking} onGo={(line) => editor.current?.goTo(line)} />
        </div>
      )}
      {draft.checkError !== null && <Failed error={draft.checkError} title={t("edit.unchecked")} />}
      <div className={classes.bar}>
        <span className={classes.state}>{draft.changed ? <>{t("edit.changed")} <Counts before={draft.base.body} after={draft.text} /></> : t("edit.same")}</span>
        <span className={classes.badges}>
          <Button variant="default" component={Link} to={`/settings/${section}`}>{t("edit.cancel")}</Button>
          <Button disabled={!draft.ready} onClick={() => setReviewing(true)}>{t("edit.review")}</Button>
        </span>
      </div>
      <Review
        title={t("review.title", { name })} before={draft.base.body} after={draft.text} opened={reviewing && draft.conflict === null} onClose={() => setReviewing(false)} onApply={draft.apply}
        consequences={[t(`rules.${section}.then`), t(`rules.${section}.before`), t("rules.kept")]}
      />
      <LeaveGuard dirty={draft.dirty} />
    </Page>
  );
}
