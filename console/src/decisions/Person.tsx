import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useFound } from "../customers/data";
import { Who } from "../customers/Who";
import classes from "./Decisions.module.css";

const DEBOUNCE = 200;
const SHOWN = 6;

/** Finds a customer by anything that is known of her, to ask something about her. */
export function Person({ label, onChoose }: { label: string; onChoose: (personId: string) => void }) {
  const { t } = useTranslation("decisions");
  const id = useId();
  const [text, setText] = useState("");
  const [settled] = useDebouncedValue(text.trim(), DEBOUNCE);
  const found = useFound(settled);
  const persons = settled === "" || text.trim() === "" ? [] : (found.data?.persons ?? []).slice(0, SHOWN);
  const [index, setIndex] = useState(0);
  const active = Math.min(index, persons.length - 1);
  const choose = (personId: string) => {
    setText("");
    onChoose(personId);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") setText("");
    if (persons.length === 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setIndex((active + step + persons.length) % persons.length);
    }
    if (event.key === "Enter" && settled === text.trim() && !found.isPlaceholderData) {
      event.preventDefault();
      choose(persons[active]!.person_id);
    }
  };
  const listed = persons.length > 0;
  return (
    <div className={classes.person}>
      <TextInput
        size="sm"
        role="combobox"
        aria-label={label}
        aria-expanded={listed}
        aria-controls={listed ? id : undefined}
        aria-activedescendant={listed ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        placeholder={t("person.placeholder")}
        leftSection={<IconSearch size={15} stroke={1.75} aria-hidden />}
        rightSection={text && <CloseButton size="xs" aria-label={t("person.clear")} onClick={() => setText("")} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={onKey}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
      />
      {listed && (
        <div role="listbox" id={id} aria-label={t("person.found")} className={classes.found}>
          {persons.map((person, n) => (
            <div key={person.person_id} id={`${id}-${n}`} role="option" aria-selected={n === active} className={classes.option} onPointerMove={() => setIndex(n)} onClick={() => choose(person.person_id)}>
              <Who person={person} />
            </div>
          ))}
        </div>
      )}
      {settled !== "" && settled === text.trim() && found.data && !found.isPlaceholderData && !listed && <p className={classes.quiet} role="status">{t("person.none")}</p>}
    </div>
  );
}
