import { Autocomplete, Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Code, Failed, Page, Section, undoable } from "../parts";
import { useTold } from "../record/overview/Value";
import { nameFrom } from "../segments/names";
import { useShape, useTraits } from "./data";
import type { Tried } from "./data";
import { definitionOf, HOWS, partsOf, START } from "./definition";
import type { Draft, How } from "./definition";
import classes from "./Traits.module.css";

const EVENTS = ["Order Completed", "Order Refunded", "Product Viewed", "Product Added", "Checkout Started", "Products Searched", "Email Opened", "Email Link Clicked", "page", "screen"];
const FIELDS = ["properties.revenue", "properties.store", "properties.category", "products.category", "products.brand", "products.quantity", "products.price", "channel", "source"];
const WINDOWS = ["24 hours", "7 days", "30 days", "90 days", "180 days", "365 days"];
const PERS = ["7 days", "30 days", "90 days"];

/** A new trait, put together by choosing, and tried before it is put in force. */
export default function Define() {
  const { t } = useTranslation("traits");
  const { may } = useSession();
  if (!may("shape")) return <Denied title={t("title")} />;
  return <Form />;
}

function Form() {
  const { t } = useTranslation("traits");
  const navigate = useNavigate();
  const { put, drop, attempt } = useShape();
  const [title, setTitle] = useState("");
  const [draft, setDraft] = useState<Draft>(START);
  const name = nameFrom(title);
  const definition = definitionOf(draft, title);
  const ready = name !== "" && definition !== null;
  const save = async () => {
    if (definition === null) return;
    await put.mutateAsync({ name, definition });
    undoable(t("saved", { name: title }), () => drop.mutateAsync(name));
    await navigate(`/traits/${name}`);
  };
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  return (
    <Page title={t("new")} above={<Link to="/traits">← {t("title")}</Link>} actions={<Button disabled={!ready} loading={put.isPending} onClick={() => void save().catch(() => undefined)}>{t("save")}</Button>}>
      {put.error && <Failed error={put.error} />}
      <div className={classes.two}>
        <Section title={t("definition")}>
          <div className={classes.fields}>
            <TextInput label={t("form.title")} description={name ? t("form.name", { name }) : undefined} value={title} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={200} required />
            <Parts draft={draft} change={change} />
          </div>
        </Section>
        <Section title={t("try.title")} description={t("try.says")}>
          {definition !== null && <Code text={JSON.stringify(definition, null, 1).replaceAll("\n", " ")} language="json" />}
          <Button mt="sm" variant="default" disabled={!ready} loading={attempt.isPending} onClick={() => definition && attempt.mutate({ traits: { [name]: definition } })}>{t("try.do")}</Button>
          {attempt.error && <Failed error={attempt.error} />}
          {attempt.data && <Values tried={attempt.data} />}
        </Section>
      </div>
    </Page>
  );
}

function Parts({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation("traits");
  const { data } = useTraits();
  const parts = partsOf(draft.how);
  const names = ["", ...(data?.traits.map(({ name }) => name) ?? [])];
  const within = (label: string, value: string, choices: readonly string[], key: "window" | "per", ever: boolean) => (
    <NativeSelect label={label} value={value} onChange={(event) => change({ [key]: event.currentTarget.value })} data={[...(ever ? [{ value: "", label: t("form.ever") }] : []), ...choices.map((each) => ({ value: each, label: each }))]} />
  );
  return (
    <>
      <NativeSelect label={t("form.how")} value={draft.how} onChange={(event) => change({ how: event.currentTarget.value as How })} data={HOWS.map((how) => ({ value: how, label: t(`how.${how}`) }))} />
      {parts.of && <Autocomplete label={t("form.of")} value={draft.of} onChange={(of) => change({ of })} data={EVENTS} />}
      {parts.field && <Autocomplete label={t("form.field")} description={t("form.fieldSays")} value={draft.field} onChange={(field) => change({ field })} data={FIELDS} />}
      {parts.window && within(t("form.window"), draft.window, WINDOWS, "window", draft.how !== "rate")}
      {parts.per && within(t("form.per"), draft.per, PERS, "per", false)}
      {parts.by && <Autocomplete label={t("form.by")} description={draft.how === "share" ? undefined : t("form.optional")} value={draft.by} onChange={(by) => change({ by })} data={FIELDS} />}
      {parts.weight && <Autocomplete label={t("form.weight")} description={t("form.optional")} value={draft.weight} onChange={(weight) => change({ weight })} data={["products.quantity", "properties.revenue"]} />}
      {parts.ratio && <NativeSelect label={t("form.above")} value={draft.above} onChange={(event) => change({ above: event.currentTarget.value })} data={names} />}
      {parts.ratio && <NativeSelect label={t("form.below")} value={draft.below} onChange={(event) => change({ below: event.currentTarget.value })} data={names} />}
    </>
  );
}

function Values({ tried }: { tried: Tried }) {
  const { t } = useTranslation("traits");
  const tell = useTold();
  if (tried.values.length === 0) return <p className={classes.quiet}>{t("try.nobody")}</p>;
  return (
    <div role="status"><dl className={classes.values}>
      {tried.values.map((each) => (
        <div key={each.person_id}><dt><Link to={`/customers/${each.person_id}`}>{each.label}</Link></dt><dd>{tell(Object.values(each.values)[0])}</dd></div>
      ))}
    </dl></div>
  );
}
