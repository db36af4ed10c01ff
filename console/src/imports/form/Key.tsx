import { Button, MultiSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "../Imports.module.css";
import type { Mapping } from "../mapping";
import type { Columns } from "./Form";
import { Part } from "./Part";

const OFFERED = 6;

interface Props {
  mapping: Mapping;
  columns: Columns;
  grouped: boolean;
  onChange: (mapping: Mapping) => void;
  problem?: string;
}

/** Which rows are one event, and by what it is known again. */
export function Key({ mapping, columns, grouped, onChange, problem }: Props) {
  const { t } = useTranslation("imports");
  const { event, group_by = [] } = mapping;
  const text = event.message_id ?? "";
  const names = [...new Set(columns.map(({ name }) => name).filter(Boolean))];
  const set = (message_id: string) => onChange({ ...mapping, event: { ...event, message_id } });
  const offered = columns.filter(({ name, looks_like }) => name && !text.includes(`{${name}}`) && ["id", "time", "email"].includes(looks_like)).slice(0, OFFERED);
  return (
    <Part title={t("key.title")} says={t("key.says")} problem={problem}>
      {grouped && (
        <MultiSelect
          label={t("key.group")}
          data={[...new Set([...names, ...group_by])]}
          value={group_by}
          // orders without a key would be events of one row each: the shape says that, above
          onChange={(next) => next.length > 0 && onChange({ ...mapping, group_by: next })}
          searchable
        />
      )}
      <TextInput label={t("key.messageId")} value={text} onChange={(change) => set(change.currentTarget.value)} classNames={{ input: classes.mono }} spellCheck={false} />
      {offered.length > 0 && (
        <div className={classes.chips}>
          {offered.map(({ name }) => (
            <Button key={name} size="compact-xs" variant="default" onClick={() => set(text ? `${text}:{${name}}` : `{${name}}`)} aria-label={t("key.add", { name })}>+ {name}</Button>
          ))}
        </div>
      )}
    </Part>
  );
}
