import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "../Imports.module.css";
import type { Columns } from "./Form";

interface Props {
  label: string;
  /** Read out only, where a heading stands above. */
  unseen?: boolean;
  value: string | null;
  columns: Columns;
  onChange: (column: string | null) => void;
  clearable?: boolean;
  placeholder?: string;
  /** Choices besides the columns. */
  more?: { value: string; label: string }[];
}

/** One of the file's columns; each shows what is in it. */
export function ColumnSelect({ label, unseen, value, columns, onChange, clearable, placeholder, more = [] }: Props) {
  const { t } = useTranslation("imports");
  const examples = new Map(columns.map((column) => [column.name, column.examples.slice(0, 3).join(" · ")]));
  const known = columns.filter(({ name }, n) => name && columns.findIndex((each) => each.name === name) === n).map(({ name }) => ({ value: name, label: name }));
  // a column that the file lacks stays in sight: the problem speaks of it
  const lost = value !== null && value !== "" && !known.some((each) => each.value === value) && !more.some((each) => each.value === value);
  return (
    <Select
      label={unseen ? undefined : label}
      aria-label={unseen ? label : undefined}
      data={[...more, ...known, ...(lost ? [{ value, label: value }] : [])]}
      value={value}
      error={lost ? t("field.lost") : undefined}
      onChange={onChange}
      searchable
      clearable={clearable}
      allowDeselect={false}
      placeholder={placeholder ?? t("field.column")}
      nothingFoundMessage={t("field.noColumn")}
      comboboxProps={{ width: 280, position: "bottom-start" }}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span>{option.label}</span>
          {examples.get(option.value) && <span className={classes.quiet}>{examples.get(option.value)}</span>}
        </span>
      )}
    />
  );
}
