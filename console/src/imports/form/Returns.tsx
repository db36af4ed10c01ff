import { Select, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "../Imports.module.css";
import type { EventMapping } from "../mapping";
import { conditionOf } from "../mapping";
import { ColumnSelect } from "./ColumnSelect";
import type { Columns } from "./Form";
import { Part } from "./Part";

const OPS = ["<", "<=", "=", "!=", ">=", ">"];

/** Rows that are returns become an event of their own. */
export function Returns({ returns, columns, onChange, problem }: { returns: EventMapping["returns"]; columns: Columns; onChange: (returns: EventMapping["returns"]) => void; problem?: string }) {
  const { t } = useTranslation("imports");
  const { column, op, value } = conditionOf(returns?.when ?? "");
  const set = (change: Partial<{ column: string; op: string; value: string; name: string }>) => {
    const next = { column, op, value, name: returns?.name ?? "Order Refunded", ...change };
    onChange({ when: `${next.column} ${next.op} ${/^[\w.+-]+$/.test(next.value) ? next.value : `"${next.value}"`}`, name: next.name });
  };
  const likely = columns.find(({ name }) => /quantity|qty|menge|anzahl|ilosc/i.test(name)) ?? columns.find(({ looks_like }) => looks_like === "number");
  return (
    <Part title={t("returns.title")} says={t("returns.says")} problem={problem}>
      <Switch label={t("returns.has")} checked={returns !== undefined} onChange={(event) => onChange(event.currentTarget.checked ? { when: `${likely?.name ?? columns[0]?.name} < 0`, name: "Order Refunded" } : undefined)} />
      {returns && (
        <div className={classes.returns}>
          <ColumnSelect label={t("returns.when")} value={column} columns={columns} onChange={(next) => next && set({ column: next })} />
          <Select label={t("returns.is")} data={OPS} value={op} onChange={(next) => next && set({ op: next })} allowDeselect={false} />
          <TextInput label={t("returns.value")} value={value} onChange={(event) => set({ value: event.currentTarget.value })} />
          <TextInput label={t("returns.name")} value={returns.name} onChange={(event) => set({ name: event.currentTarget.value })} />
        </div>
      )}
    </Part>
  );
}
