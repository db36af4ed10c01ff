import { Button, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import type { RuleGroupType } from "react-querybuilder";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { Failed, Loading, Page, Section, undoable } from "../parts";
import { emptyQuery, isWhole, toCondition, toQuery } from "./conditions";
import { useSegment, useShape } from "./data";
import type { Saved } from "./data";
import { Found } from "./Found";
import { nameFrom } from "./names";
import { Query } from "./Query";
import classes from "./Segments.module.css";
import { useInWords } from "./words";

const SETTLE = 400;

/** A new segment, or one that is there: put together from conditions, counted as one goes. */
export default function Builder() {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  const { name } = useParams();
  if (!may("shape")) return <Denied title={t("title")} />;
  return name === undefined ? <New /> : <Old key={name} name={name} />;
}

function New() {
  // the machine's groups are adopted by way of here
  const { state } = useLocation() as { state: { adopt?: Saved } | null };
  return <Form before={null} start={state?.adopt ?? { name: "", title: "", description: "", when: {} }} />;
}

function Old({ name }: { name: string }) {
  const { t } = useTranslation("segments");
  const { data, error, refetch } = useSegment(name);
  const [start, begin] = useState<Saved | null>(null);
  if (data && start === null) begin({ name, title: data.title, description: data.description, when: data.when });
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  if (start) return <Form before={start} start={start} />;
  return <Page title={t("one")}>{error ? <Failed error={error} retry={() => void refetch()} /> : <Loading rows={6} />}</Page>;
}

function Form({ before, start }: { before: Saved | null; start: Saved }) {
  const { t } = useTranslation("segments");
  const words = useInWords();
  const navigate = useNavigate();
  const { put, drop } = useShape();
  const [title, setTitle] = useState(start.title);
  const [description, setDescription] = useState(start.description);
  const [query, setQuery] = useState<RuleGroupType>(() => (Object.keys(start.when).length > 0 ? toQuery(start.when) : emptyQuery()));
  const [settled] = useDebouncedValue(query, SETTLE);
  const when = useMemo(() => (isWhole(settled) ? toCondition(settled) : null), [settled]);
  const name = before?.name ?? (start.name || nameFrom(title));
  const ready = name !== "" && isWhole(query);
  const save = async () => {
    await put.mutateAsync({ name, title, description, when: toCondition(query) });
    undoable(t("saved", { name: title || name }), () => (before ? put.mutateAsync(before) : drop.mutateAsync(name)));
    await navigate(`/segments/${name}`);
  };
  return (
    <Page
      title={before ? t("editing", { name: before.title || before.name }) : t("new")} documentTitle={t("one")} above={<Link to={before ? `/segments/${before.name}` : "/segments"}>← {before ? t("one") : t("title")}</Link>}
      actions={<Button onClick={() => void save().catch(() => undefined)} disabled={!ready} loading={put.isPending}>{t("save")}</Button>}
    >
      {put.error && <Failed error={put.error} />}
      <div className={classes.builder}>
        <div className={classes.column}>
          <Section title={t("about")}>
            <div className={classes.fields}>
              <TextInput label={t("titleLabel")} value={title} onChange={(event) => setTitle(event.currentTarget.value)} description={name ? t("nameIs", { name }) : undefined} maxLength={200} required />
              <Textarea label={t("descriptionLabel")} value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={1} maxLength={2000} />
            </div>
          </Section>
          <Section title={t("conditions")} description={isWhole(query) ? words(toCondition(query)) : t("conditionsSay")}>
            <Query query={query} onChange={setQuery} self={before?.name ?? null} />
          </Section>
        </div>
        <Section title={t("found.title")}>
          {when ? <Found when={when} name={before?.name ?? null} /> : <p className={classes.quiet}>{t("found.wait")}</p>}
        </Section>
      </div>
    </Page>
  );
}
