import { TagsInput } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { ALONE, readValue, split, written } from "./conditions";
import classes from "./Segments.module.css";
import type { FieldWords, Kind } from "./vocabulary";

interface Props {
  field: FieldWords | undefined;
  operator: string;
  value: unknown;
  onChange: (value: unknown) => void;
  label: string;
}

/** What a field is compared with: typed, or chosen from what is known of it. */
export function Plain({ field, operator, value, onChange, label }: Props) {
  const { t } = useTranslation("segments");
  const list = useId();
  const kind = field?.kind ?? "mixed";
  const said = String(value ?? "");
  const offered = (field?.values ?? []).map(String);
  if (ALONE.includes(operator)) return null;
  if (operator === "in" || operator === "not_in") {
    return (
      <TagsInput
        size="xs" className={classes.several} aria-label={label} data={offered} value={split(said).map(shown)} maxDropdownHeight={240} comboboxProps={{ withinPortal: true }}
        placeholder={said === "" ? t("builder.several") : undefined} onChange={(each) => onChange(each.map((one) => (one.includes(",") ? JSON.stringify(one) : kept(one, kind))).join(", "))}
      />
    );
  }
  if (kind === "flag") {
    return (
      <select value={said} onChange={(event) => onChange(event.currentTarget.value)} aria-label={label}>
        <option value="" />
        <option value="true">{t("builder.yes")}</option>
        <option value="false">{t("builder.no")}</option>
      </select>
    );
  }
  return (
    <>
      <input type="text" inputMode={kind === "number" ? "decimal" : undefined} list={offered.length > 0 ? list : undefined} value={kind === "text" ? shown(said) : said} onChange={(event) => onChange(kept(event.currentTarget.value, kind))} aria-label={label} />
      {offered.length > 0 && <datalist id={list}>{offered.map((each) => <option key={each} value={each} />)}</datalist>}
    </>
  );
}

/** What was typed into a field that holds text is text, though it looks like a number: the store 450. */
function kept(typed: string, kind: Kind): string {
  return kind === "text" && typeof readValue(typed) !== "string" ? written(typed) : typed;
}

/** A value without the quotes that keep it text. */
function shown(said: string): string {
  return /^".*"$/s.test(said) ? String(readValue(said)) : said;
}
