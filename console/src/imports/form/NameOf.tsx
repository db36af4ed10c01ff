import { SegmentedControl, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "../Imports.module.css";
import type { Cell } from "../mapping";
import { columnOf } from "../mapping";
import { ColumnSelect } from "./ColumnSelect";
import type { Columns } from "./Form";

/** What the events are called: one name for all, or what a column says. */
export function NameOf({ name, columns, onChange, problem }: { name: Cell | undefined; columns: Columns; onChange: (name: Cell) => void; problem?: string }) {
  const { t } = useTranslation("imports");
  const fromColumn = typeof name === "object" && name.value === undefined;
  return (
    <div className={classes.pair}>
      {fromColumn ? (
        <ColumnSelect label={t("name.title")} value={columnOf(name)} columns={columns} onChange={(column) => onChange({ column: column ?? "" })} />
      ) : (
        <TextInput label={t("name.title")} value={typeof name === "string" ? name : String(name?.value ?? "")} onChange={(event) => onChange(event.currentTarget.value)} error={problem} />
      )}
      <SegmentedControl
        size="xs"
        value={fromColumn ? "column" : "same"}
        onChange={(way) => onChange(way === "column" ? { column: columns.find((column) => column.looks_like === "text")?.name ?? "" } : t("name.default"))}
        data={[{ value: "same", label: t("name.same") }, { value: "column", label: t("name.column") }]}
        aria-label={t("name.how")}
      />
    </div>
  );
}
