import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { asApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Code, Failed, Loading, Page, Section, undoable } from "../parts";
import { useTold } from "../record/overview/Value";
import { nameFrom } from "../segments/names";
import { useShape, useTried } from "./data";
import type { Definition, Tried } from "./data";
import { definitionOf, placeOf, START } from "./definition";
import type { Draft } from "./definition";
import { Parts } from "./Parts";
import classes from "./Traits.module.css";
import { useTraitInWords } from "./words";

const SETTLE = 500;
const UNNAMED = "trait";

/** A new trait, put together by choosing; what it would give is shown as one goes. */
export default function Define() {
  const { t } = useTranslation("traits");
  const { may } = useSession();
  if (!may("shape")) return <Denied title={t("title")} />;
  return <Form />;
}

function Form() {
  const { t } = useTranslation("traits");
  const navigate = useNavigate();
  const words = useTraitInWords();
  const { put, drop } = useShape();
  const [title, setTitle] = useState("");
  const [draft, setDraft] = useState<Draft>(START);
  const name = nameFrom(title);
  const definition = definitionOf(draft, title);
  const [settled] = useDebouncedValue(JSON.stringify(definitionOf(draft, "")), SETTLE);
  const tried = useTried(name || UNNAMED, JSON.parse(settled) as Definition | null);
  const error = put.error ?? tried.error;
  const wrong = error ? placeOf(asApiError(error).message, name || UNNAMED, draft) : null;
  const said = wrong?.part && error ? { [wrong.part]: [wrong.says, asApiError(error).cure].filter(Boolean).join("; ") } : {};
  const ready = name !== "" && definition !== null;
  const save = async () => {
    if (definition === null) return;
    await put.mutateAsync({ name, definition });
    undoable(t("saved", { name: title }), () => drop.mutateAsync(name));
    await navigate(`/traits/${name}`);
  };
  const change = (part: Partial<Draft>) => {
    put.reset();
    setDraft((before) => ({ ...before, ...part }));
  };
  return (
    <Page title={t("new")} above={<Link to="/traits">← {t("title")}</Link>} actions={<Button disabled={!ready} loading={put.isPending} onClick={() => void save().catch(() => undefined)}>{t("save")}</Button>}>
      {error && wrong?.part === null && <Failed error={error} />}
      <div className={classes.two}>
        <Section title={t("definition")} description={words(draft)}>
          <div className={classes.fields}>
            <TextInput label={t("form.title")} description={name ? t("form.name", { name }) : t("form.titleSays")} value={title} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={200} required />
            <Parts draft={draft} change={change} wrong={said} />
          </div>
        </Section>
        <Section title={t("try.title")} description={t("try.says")}>
          {definition === null && <p className={classes.quiet}>{t("try.wait")}</p>}
          {definition !== null && tried.isPending && <Loading rows={6} />}
          {definition !== null && tried.data && !tried.error && <Values tried={tried.data} changing={tried.isPlaceholderData} />}
          {definition !== null && <details className={classes.inFiles}><summary>{t("try.inFiles")}</summary><Code text={`${name || UNNAMED}: ${JSON.stringify(definition, null, 1).replaceAll(/\n */g, " ")}`} language="yaml" /></details>}
        </Section>
      </div>
    </Page>
  );
}

function Values({ tried, changing }: { tried: Tried; changing: boolean }) {
  const { t } = useTranslation("traits");
  const tell = useTold();
  if (tried.values.length === 0) return <p className={classes.quiet}>{t("try.nobody")}</p>;
  return (
    <div role="status" data-changing={changing || undefined} className={classes.tried}><dl className={classes.values}>
      {tried.values.map((each) => (
        <div key={each.person_id}><dt><Link to={`/customers/${each.person_id}`}>{each.label}</Link></dt><dd data-figure>{tell(Object.values(each.values)[0])}</dd></div>
      ))}
    </dl></div>
  );
}
