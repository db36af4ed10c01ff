import { Button, SegmentedControl } from "@mantine/core";
import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiError } from "../../api/client";
import { Lost } from "../../app/Lost";
import { Failed, Loading, Page, Section, useWide } from "../../parts";
import { CodeEditor } from "../../settings/rules/CodeEditor";
import type { EditorHandle } from "../../settings/rules/CodeEditor";
import { LeaveGuard } from "../../settings/rules/LeaveGuard";
import { Review } from "../../settings/rules/Review";
import classes from "../Actions.module.css";
import { called } from "../data";
import type { Section as Of } from "../data";
import { Problems } from "../Problems";
import type { Entry } from "./useEntry";

interface Props {
  entry: Omit<Entry, "draft" | "change">;
  form: ReactNode;
  /** What follows from it as it stands, below what is wrong with it. */
  happens: ReactNode;
  /** More beside the form. */
  beside?: ReactNode;
  /** How many placements, or competitors, it has: said once more before it is put in force. */
  reaches: string;
}

/** The page that edits an action or a placement: a form, the same as YAML, and what will happen beside it. */
export function EntryEditor({ entry, form, happens, beside, reaches }: Props) {
  // the two sections have these texts alike
  const { t } = useTranslation(entry.section as "actions");
  const { t: ta } = useTranslation("actions");
  const editor = useRef<EditorHandle>(null);
  const wide = useWide();
  const { before, name, text, tried, checking, problems, review } = entry;
  const home = `/${entry.section}`;
  const toReview = <Button onClick={() => void entry.toReview()} disabled={!entry.ready} loading={entry.reviewing}>{ta("review.title")}</Button>;
  const ways = [
    { value: "form", label: t("asForm"), disabled: text !== null && (checking || problems.length > 0) },
    { value: "text", label: t("asText"), disabled: text === null && checking },
  ];
  return (
    <Page
      title={before ? t("editing", { name: called(before) }) : t("new")} documentTitle={t("one")} description={name ? t("nameIs", { name }) : t("nameComes")}
      above={<Link to={before ? `${home}/${before.name}` : home}>← {before ? called(before) : t("title")}</Link>}
      actions={<><SegmentedControl value={text === null ? "form" : "text"} onChange={entry.show} data={ways} aria-label={t("as")} />{wide && toReview}</>}
    >
      {entry.failure !== null && <Failed error={entry.failure} />}
      <div className={classes.builder}>
        {text === null ? form : (
          <Section title={t("asText")} description={t("textSays")}>
            <CodeEditor ref={editor} value={text} onChange={entry.setText} language="yaml" label={t("textLabel")} problems={problems} />
          </Section>
        )}
        <div className={classes.beside}>
          <Section title={t("willHappen")}>
            {tried.error ? <Failed error={tried.error} /> : <Problems problems={problems} checking={checking} onGo={text === null ? undefined : (line) => editor.current?.goTo(line)} />}
            {happens}
          </Section>
          {beside}
          {!wide && toReview}
        </div>
      </div>
      {review && (
        <Review
          title={ta("review.of", { name: called({ title: review.tried.definition?.title as string, name }) })} before={review.before} after={review.tried.text} opened
          onClose={entry.closeReview} onApply={entry.apply} consequences={[reaches, ta("review.now"), ta("review.kept")]}
        />
      )}
      <LeaveGuard dirty={entry.dirty} />
    </Page>
  );
}

interface Found<Held> {
  section: Of;
  /** As the server says; it may change while it is edited. */
  found: Held | undefined;
  error: unknown;
  retry: () => void;
  children: (before: Held) => ReactNode;
}

/** An entry that is there, as it was when its editor opened. */
export function EntryAsOpened<Held>({ section, found, error, retry, children }: Found<Held>) {
  const { t } = useTranslation(section as "actions");
  const [before, begin] = useState<Held | null>(null);
  if (found !== undefined && before === null) begin(found);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  if (before !== null) return children(before);
  return <Page title={t("one")}>{error ? <Failed error={error} retry={retry} /> : <Loading rows={8} />}</Page>;
}
