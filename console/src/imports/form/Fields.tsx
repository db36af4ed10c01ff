import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "../Imports.module.css";
import type { Cells, Part as PartName } from "../mapping";
import { columnOf, freeName, renamed, without } from "../mapping";
import { Field } from "./Field";
import type { Columns } from "./Form";
import { Part } from "./Part";

interface Props {
  part: Exclude<PartName, "identifiers">;
  cells: Cells;
  columns: Columns;
  onChange: (cells: Cells) => void;
  problem?: string;
}

/** Names and where their values come from. */
export function Fields({ part, cells, columns, onChange, problem }: Props) {
  const { t } = useTranslation("imports");
  const used = new Set(Object.values(cells).map(columnOf));
  const add = () => {
    const column = columns.find(({ name }) => name && !used.has(name))?.name ?? columns[0]?.name ?? "";
    onChange({ ...cells, [freeName(cells, wordsOf(column))]: column });
  };
  return (
    <Part title={t(`fields.${part}`)} says={t(`fields.${part}Says`)} problem={problem}>
      {Object.keys(cells).length > 0 && (
        <div className={classes.fieldHead} aria-hidden><span>{t("field.name")}</span><span>{t("field.from")}</span><span>{t("field.as")}</span></div>
      )}
      {Object.entries(cells).map(([name, cell]) => (
        <Field
          key={name}
          name={name}
          cell={cell}
          columns={columns}
          onName={(to) => onChange(renamed(cells, name, to))}
          onCell={(next) => onChange({ ...cells, [name]: next })}
          onRemove={() => onChange(without(cells, name))}
        />
      ))}
      <div className={classes.line}>
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={add}>{t("field.add")}</Button>
        {part === "properties" && !("currency" in cells) && (
          <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => onChange({ ...cells, currency: { value: "EUR" } })}>{t("field.addCurrency")}</Button>
        )}
      </div>
    </Part>
  );
}

/** `InvoiceNo` → `invoice_no`: how properties are usually written. */
function wordsOf(column: string): string {
  return column.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/[^\p{L}\d]+/gu, "_").replace(/^_|_$/g, "").toLowerCase() || "field";
}
