import { Button, TextInput, VisuallyHidden } from "@mantine/core";
import { IconPlus, IconSearch, IconTag } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Filters, Hint, Loading, Page, Tag, useFormat, VirtualRows } from "../parts";
import type { Column } from "../parts";
import classes from "./Actions.module.css";
import { called, useActions } from "./data";
import type { Action } from "./data";
import { KINDS } from "./draft";
import type { Kind } from "./draft";
import { foundIn } from "./list";
import type { Wanted } from "./list";

/** All actions: what they are, where they can appear, what they earned lately. */
export default function Actions() {
  const { t } = useTranslation("actions");
  const { may } = useSession();
  if (!may("actions")) return <Denied title={t("title")} />;
  return <All />;
}

function All() {
  const { t } = useTranslation("actions");
  const { may } = useSession();
  const { data, error, refetch } = useActions();
  const [wanted, want] = useState<Wanted>({ text: "", kinds: [], valid: [] });
  const actions = data?.actions;
  const shown = foundIn(actions ?? [], wanted);
  const add = may("shape") && <Button component={Link} to="/actions/new" leftSection={<IconPlus size={16} />}>{t("add")}</Button>;
  const count = (of: (each: Action) => boolean) => String(actions?.filter(of).length ?? 0);
  return (
    <Page title={t("title")} description={t("says")} actions={<><Button component={Link} to="/products" variant="default">{t("products")}</Button>{add}</>}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {actions?.length === 0 && <Empty icon={IconTag} title={t("none")} action={add}>{t("noneSays")}</Empty>}
      {actions && actions.length > 0 && (
        <>
          <div className={classes.tools}>
            <TextInput aria-label={t("search")} placeholder={t("search")} leftSection={<IconSearch size={16} />} value={wanted.text} onChange={(event) => want({ ...wanted, text: event.currentTarget.value })} />
            <Filters label={t("form.kind")} choices={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`), count: count((each) => each.kind === kind) })).filter((each) => each.count !== "0")} chosen={wanted.kinds} onChange={(kinds) => want({ ...wanted, kinds })} />
            <Filters label={t("valid.label")} choices={(["now", "later", "over"] as const).map((value) => ({ value, label: t(`valid.${value}`), count: count((each) => each.valid === value) })).filter((each) => each.count !== "0")} chosen={wanted.valid} onChange={(valid) => want({ ...wanted, valid })} />
          </div>
          {shown.length === 0 ? <p className={classes.quiet}>{t("noneFound")}</p> : <List actions={shown} days={data.days} />}
        </>
      )}
    </Page>
  );
}

function List({ actions, days }: { actions: Action[]; days: number }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const number = (value: number) => (value === 0 ? <span className={classes.quiet}>–</span> : format.number(value));
  const columns: Column<Action>[] = [
    { key: "what", title: t("column.what"), width: "minmax(12rem, 2fr)", cell: (each) => <What action={each} /> },
    { key: "where", title: t("column.where"), width: "minmax(8rem, 1.3fr)", cell: (each) => <Where action={each} /> },
    { key: "value", title: t("column.value"), width: "6rem", align: "end", cell: ({ value }) => (value === "0" ? <span className={classes.quiet}>–</span> : format.money(value)) },
    { key: "shown", title: t("column.shown"), width: "5.5rem", align: "end", cell: ({ earned }) => number(earned.shown) },
    { key: "clicked", title: t("column.clicked"), width: "5.5rem", align: "end", cell: ({ earned }) => number(earned.clicked) },
    { key: "accepted", title: t("column.accepted"), width: "6rem", align: "end", cell: ({ earned }) => number(earned.accepted) },
    { key: "margin", title: t("column.margin"), width: "7rem", align: "end", cell: ({ earned }) => (earned.shown === 0 ? <span className={classes.quiet}>–</span> : format.money(earned.margin)) },
  ];
  return (
    <>
      <VirtualRows
        label={t("title")} rows={actions} rowKey={({ name }) => name} columns={columns} to={({ name }) => `/actions/${name}`}
        card={(each) => (
          <div className={classes.rowCard}>
            <What action={each} />
            <Where action={each} />
            <span className={classes.quiet} data-figure>{t("card", { shown: format.number(each.earned.shown), clicked: format.number(each.earned.clicked), accepted: format.number(each.earned.accepted) })}</span>
          </div>
        )}
      />
      <p className={classes.quiet}>{t("lately", { count: days })}</p>
    </>
  );
}

function What({ action }: { action: Action }) {
  const { t } = useTranslation("actions");
  return (
    <span className={classes.what}>
      <strong>{called(action)}</strong>
      <span>
        <Tag>{t(`kind.${action.kind as Kind}`)}</Tag> {action.group && <Tag tone="quiet">{action.group}</Tag>} {action.valid !== "now" && <Tag tone={action.valid === "later" ? "info" : "watch"}>{t(`valid.${action.valid}`)}</Tag>}
      </span>
    </span>
  );
}

/** Where it competes; and where it stands in when nothing else can be shown, counted, with the names for who asks. */
function Where({ action: { placements, fallback_of } }: { action: Action }) {
  const { t } = useTranslation("actions");
  if (placements.length === 0 && fallback_of.length === 0) return <Tag tone="watch">{t("nowhere")}</Tag>;
  return (
    <span className={classes.places}>
      {placements.length > 0 && <span>{placements.join(", ")}</span>}
      {fallback_of.length === 1 && <span>{t("standsIn", { place: fallback_of[0] })}</span>}
      {fallback_of.length > 1 && (
        <Hint says={fallback_of.join(", ")}>
          <span>{t("standsInAt", { count: fallback_of.length })}<VisuallyHidden> ({fallback_of.join(", ")})</VisuallyHidden></span>
        </Hint>
      )}
    </span>
  );
}
