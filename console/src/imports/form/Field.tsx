import { ActionIcon, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "../Imports.module.css";
import type { Cell, WholeCell } from "../mapping";
import { changed, columnOf } from "../mapping";
import { ColumnSelect } from "./ColumnSelect";
import type { Columns } from "./Form";

// no column of a file is called so
const FIXED = "\u0000fixed";

interface Props {
  name: string;
  cell: Cell;
  columns: Columns;
  onName: (name: string) => void;
  onCell: (cell: Cell) => void;
  onRemove: () => void;
}

/** One value: its name, its column (or one value for all rows), and how it is read. */
export function Field({ name, cell, columns, onName, onCell, onRemove }: Props) {
  const { t } = useTranslation("imports");
  const fixed = typeof cell === "object" && cell.value !== undefined;
  const commit = (wish: string) => {
    if (wish.trim() && wish.trim() !== name) onName(wish.trim());
  };
  return (
    <div className={classes.field}>
      <div>
        <TextInput
          key={name}
          aria-label={t("field.nameOf", { name })}
          defaultValue={name}
          onBlur={(event) => {
            commit(event.currentTarget.value);
            event.currentTarget.value = name;
          }}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
          spellCheck={false}
        />
      </div>
      <div><ColumnSelect
        label={t("field.columnOf", { name })}
        unseen
        value={fixed ? FIXED : columnOf(cell)}
        columns={columns}
        more={[{ value: FIXED, label: t("field.fixed") }]}
        onChange={(column) => onCell(column === FIXED ? { value: "" } : fixed ? (column ?? "") : changed(cell, { column: column ?? "" }))}
      /></div>
      <div>{fixed ? (
        <TextInput aria-label={t("field.valueOf", { name })} value={String((cell as WholeCell).value)} onChange={(event) => onCell({ value: event.currentTarget.value })} />
      ) : (
        <Reading name={name} cell={cell} onCell={onCell} />
      )}</div>
      <ActionIcon variant="subtle" color="gray" size={34} aria-label={t("field.remove", { name })} onClick={onRemove}><IconX size={16} /></ActionIcon>
    </div>
  );
}

/** How the cell is read. Numbers of the comma are a way of their own here, `decimal` in the file. */
function Reading({ name, cell, onCell }: { name: string; cell: Cell; onCell: (cell: Cell) => void }) {
  const { t } = useTranslation("imports");
  const { as = "", decimal } = typeof cell === "object" ? cell : {};
  const set = (way: string | null) => {
    const comma = way === "comma";
    const next = comma ? "number" : way || undefined;
    onCell(changed(cell, { as: next, decimal: comma ? "," : undefined, ...(next === "time" ? {} : { format: undefined, zone: undefined }) }));
  };
  return (
    <Select
      aria-label={t("field.asOf", { name })}
      data={[
        { value: "", label: t("as.is") },
        { value: "text", label: t("as.text") },
        { value: "number", label: t("as.number") },
        { value: "comma", label: t("as.comma") },
        { value: "integer", label: t("as.integer") },
        { value: "boolean", label: t("as.boolean") },
        { value: "time", label: t("as.time") },
      ]}
      value={as === "number" && decimal === "," ? "comma" : as}
      onChange={set}
      allowDeselect={false}
      comboboxProps={{ width: 190, position: "bottom-end" }}
    />
  );
}
