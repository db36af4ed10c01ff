import { Autocomplete, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import { useActions } from "../data";
import classes from "../Actions.module.css";
import { KINDS, SENSITIVE } from "../draft";
import type { Kind } from "../draft";
import type { FormProps } from "./Form";

/** What it is, what it is called, and on which days it holds. */
export function Basics({ draft, change, wrong }: FormProps) {
  const { t } = useTranslation("actions");
  const groups = [...new Set((useActions().data?.actions ?? []).flatMap(({ group }) => (group === null ? [] : [group])))];
  const purposes = useQuery({ ...get("/api/v1/vocabulary"), staleTime: 5 * 60_000 }).data?.purposes ?? [];
  const known = purposes.map(({ name }) => name);
  const day = (name: "from" | "until") => (
    <TextInput type="date" label={t(`form.${name}`)} value={draft[name]} onChange={(event) => change({ [name]: event.currentTarget.value })} error={wrong(`valid.${name}`)} />
  );
  return (
    <div className={classes.fields}>
      <fieldset className={classes.kinds}>
        <legend>{t("form.kind")}</legend>
        {KINDS.map((kind) => (
          <label key={kind} className={classes.kind} data-chosen={draft.kind === kind || undefined}>
            <input type="radio" name="kind" value={kind} checked={draft.kind === kind} onChange={() => change({ kind: kind satisfies Kind })} />
            <strong>{t(`kind.${kind}`)}</strong>
            <small>{t(`kindSays.${kind}`)}</small>
          </label>
        ))}
      </fieldset>
      <TextInput label={t("form.title")} value={draft.title} onChange={(event) => change({ title: event.currentTarget.value })} error={wrong("title")} maxLength={200} required />
      <div className={classes.pair}>
        {day("from")}
        {day("until")}
      </div>
      {wrong("valid") && <p className={classes.wrong}>{wrong("valid")}</p>}
      <details className={classes.more} open={draft.group !== "" || draft.purpose !== "" || draft.sensitivity !== "none" || undefined}>
        <summary>{t("form.more")}</summary>
        <div className={classes.fields}>
          <Autocomplete label={t("form.group")} description={t("form.groupSays")} data={groups} value={draft.group} onChange={(group) => change({ group })} error={wrong("group")} maxLength={200} />
          <Select label={t("form.purpose")} description={t("form.purposeSays")} placeholder={t("form.purposeOwn")} clearable data={known.includes(draft.purpose) || draft.purpose === "" ? known : [...known, draft.purpose]} value={draft.purpose || null} onChange={(purpose) => change({ purpose: purpose ?? "" })} error={wrong("purpose")} />
          <Select label={t("form.sensitivity")} description={t("form.sensitivitySays")} allowDeselect={false} data={SENSITIVE.map((value) => ({ value, label: t(`sensitivity.${value}`) }))} value={draft.sensitivity} onChange={(sensitivity) => change({ sensitivity: sensitivity ?? "none" })} error={wrong("sensitivity")} />
        </div>
      </details>
    </div>
  );
}
