import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFound, useRecent } from "../customers/data";
import { useSession } from "../app/session";

const SETTLE = 250;

/** For whom a preview is written out: nobody in particular, or somebody who is there. */
export function ForWhom({ person, onChange }: { person: string | null; onChange: (person: string | null) => void }) {
  const { t } = useTranslation("actions");
  const { may } = useSession();
  const [typed, type] = useState("");
  const [held, hold] = useState<{ value: string; label: string } | null>(null);
  const [text] = useDebouncedValue(held?.label === typed ? "" : typed, SETTLE);
  const found = useFound(text.trim());
  const recent = useRecent();
  if (!may("customers")) return null;
  const persons = (text.trim() === "" ? recent.data?.persons : found.data?.persons) ?? [];
  const data = persons.slice(0, 20).map((each) => ({ value: each.person_id, label: each.label }));
  const options = held && !data.some(({ value }) => value === held.value) ? [held, ...data] : data;
  return (
    <Select
      label={t("preview.for")} placeholder={t("preview.nobody")} data={options} value={person} clearable searchable searchValue={typed} onSearchChange={type} filter={({ options: all }) => all} nothingFoundMessage={t("preview.noSuch")}
      onChange={(value, option) => {
        hold(value === null ? null : { value, label: option?.label ?? value });
        onChange(value);
      }}
    />
  );
}
