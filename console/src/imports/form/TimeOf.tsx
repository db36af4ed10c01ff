import { Select, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import classes from "../Imports.module.css";
import type { Cell, WholeCell } from "../mapping";
import { changed, columnOf } from "../mapping";
import { ColumnSelect } from "./ColumnSelect";
import type { Columns } from "./Form";
import { Part } from "./Part";

/** When it happened: the column, how it is written, and in which zone. */
export function TimeOf({ cell, columns, onChange, problem }: { cell: Cell | undefined; columns: Columns; onChange: (cell: Cell | undefined) => void; problem?: string }) {
  const { t } = useTranslation("imports");
  const { time_zone } = useSession();
  const zones = useMemo(() => [...new Set(["UTC", time_zone, ...Intl.supportedValuesOf("timeZone")])], [time_zone]);
  const whole: WholeCell = typeof cell === "string" ? { column: cell } : (cell ?? {});
  const column = columnOf(cell);
  const examples = columns.find(({ name }) => name === column)?.examples.slice(0, 2).join(", ");
  const zone = whole.zone ?? "UTC";
  return (
    <Part title={t("time.title")} says={column ? undefined : t("time.none")} problem={problem}>
      <div className={classes.three}>
        <ColumnSelect label={t("field.column")} value={column} columns={columns} clearable onChange={(next) => onChange(next ? changed(cell, { column: next, value: undefined }) : undefined)} />
        {column && (
          <>
            <TextInput
              label={t("time.format")}
              value={whole.format ?? ""}
              placeholder="ISO 8601"
              onChange={(event) => onChange(changed(cell, { format: event.currentTarget.value || undefined }))}
              classNames={{ input: classes.mono }}
              spellCheck={false}
            />
            <Select label={t("time.zone")} data={zones.includes(zone) ? zones : [zone, ...zones]} value={zone} searchable allowDeselect={false} limit={60} onChange={(next) => onChange(changed(cell, { zone: !next || next === "UTC" ? undefined : next }))} />
          </>
        )}
      </div>
      {column && <p className={classes.quiet}>{t("time.formatSays", { examples: examples || "–" })}</p>}
    </Part>
  );
}
