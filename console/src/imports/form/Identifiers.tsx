import { ActionIcon, Button, Select } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import { useNames } from "../../parts";
import classes from "../Imports.module.css";
import type { Cells } from "../mapping";
import { changed, columnOf, renamed, without } from "../mapping";
import { ColumnSelect } from "./ColumnSelect";
import type { Columns } from "./Form";
import { Part } from "./Part";

const USUAL = ["user_id", "loyalty_card", "email", "phone", "device_id", "anonymous_id"];

/** Who it is about: kinds of identifiers and the columns that hold them. */
export function Identifiers({ cells, columns, onChange, problem }: { cells: Cells; columns: Columns; onChange: (cells: Cells) => void; problem?: string }) {
  const { t } = useTranslation("imports");
  const names = useNames();
  const ruled = useQuery(get("/api/v1/definitions")).data?.rules?.identity as { kinds?: { kind: string }[] } | undefined;
  const kinds = [...new Set([...(ruled?.kinds?.map((each) => each.kind) ?? USUAL), ...Object.keys(cells)])];
  const free = kinds.filter((kind) => !(kind in cells));
  const none = Object.keys(cells).length === 0;
  return (
    <Part title={t("who.title")} says={t("who.says")} problem={problem ?? (none ? t("who.none") : undefined)}>
      {Object.entries(cells).map(([kind, cell]) => (
        <div key={kind} className={classes.identifier}>
          <Select
            aria-label={t("who.kind")}
            data={[kind, ...free].map((value) => ({ value, label: names.kind(value) }))}
            value={kind}
            onChange={(next) => next && onChange(renamed(cells, kind, next))}
            allowDeselect={false}
          />
          <ColumnSelect label={t("who.columnOf", { kind: names.kind(kind) })} unseen value={columnOf(cell)} columns={columns} onChange={(column) => column && onChange({ ...cells, [kind]: changed(cell, { column }) })} />
          <ActionIcon variant="subtle" color="gray" size={34} aria-label={t("field.remove", { name: names.kind(kind) })} onClick={() => onChange(without(cells, kind))}><IconX size={16} /></ActionIcon>
        </div>
      ))}
      {free[0] !== undefined && (
        <div><Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => onChange({ ...cells, [free[0]!]: columns.find((column) => column.looks_like === "id")?.name ?? columns[0]?.name ?? "" })}>{t("who.add")}</Button></div>
      )}
    </Part>
  );
}
