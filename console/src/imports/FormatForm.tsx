import { Autocomplete, Button, Popover, Select } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Imports.module.css";

const DELIMITERS = [",", ";", "\t", "|"];
const ENCODINGS = ["utf-8", "cp1252", "cp1250", "iso-8859-1", "iso-8859-2", "utf-16"];

/** How the bytes are read; to change where what was seen in them is wrong. */
export function FormatForm({ format, onChange }: { format: Record<string, string>; onChange: (format: Record<string, string>) => void }) {
  const { t } = useTranslation("imports");
  const [opened, setOpened] = useState(false);
  const { type = "csv", delimiter = ",", encoding = "utf-8" } = format;
  const sign = (each: string) => (each === "\t" ? t("format.tab") : each);
  const said = type === "csv" ? `CSV · “${sign(delimiter)}” · ${encoding}` : type === "ndjson" ? "NDJSON" : "Parquet";
  const set = (change: Record<string, string>) => onChange({ ...format, type, ...change });
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} shadow="md" trapFocus>
      <Popover.Target>
        <Button size="compact-sm" variant="subtle" leftSection={<IconAdjustments size={15} />} onClick={() => setOpened(!opened)} aria-label={t("format.change", { format: said })}>{said}</Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.stack}>
        <Select
          label={t("format.type")}
          data={[{ value: "csv", label: "CSV" }, { value: "ndjson", label: t("format.ndjson") }, { value: "parquet", label: "Parquet" }]}
          value={type}
          onChange={(value) => value && onChange({ type: value })}
          comboboxProps={{ withinPortal: false }}
          allowDeselect={false}
        />
        {type === "csv" && (
          <>
            <Select label={t("format.delimiter")} data={[...new Set([...DELIMITERS, delimiter])].map((value) => ({ value, label: sign(value) }))} value={delimiter} onChange={(value) => value && set({ delimiter: value })} comboboxProps={{ withinPortal: false }} allowDeselect={false} />
            <Autocomplete label={t("format.encoding")} data={ENCODINGS} defaultValue={encoding} onOptionSubmit={(value) => set({ encoding: value })} onBlur={(event) => event.currentTarget.value && event.currentTarget.value !== encoding && set({ encoding: event.currentTarget.value })} comboboxProps={{ withinPortal: false }} />
          </>
        )}
        <p className={classes.quiet}>{t("format.says")}</p>
      </Popover.Dropdown>
    </Popover>
  );
}
