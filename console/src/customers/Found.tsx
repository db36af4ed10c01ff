import { CloseButton, TextInput, VisuallyHidden } from "@mantine/core";
import { IconSearch, IconUserSearch } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { KeyboardEvent, Ref } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Empty } from "../parts/Empty";
import { Failed } from "../parts/Failed";
import { Loading } from "../parts/Loading";
import classes from "./Customers.module.css";
import { useFound } from "./data";
import { FoundOne } from "./FoundOne";

interface Props {
  ref: Ref<HTMLInputElement>;
  text: string;
  /** The text that is searched for. */
  settled: string;
  onText: (text: string) => void;
}

/** The box that finds while one types, and whom it found. */
export function Found({ ref, text, settled, onText }: Props) {
  const { t } = useTranslation("customers");
  const navigate = useNavigate();
  const id = useId();
  const found = useFound(settled);
  const persons = settled === "" ? [] : (found.data?.persons ?? []);
  const [at, setAt] = useState({ text: "", index: 0 });
  const active = Math.min(at.text === settled ? at.index : 0, persons.length - 1);
  const move = (index: number) => {
    const next = (index + persons.length) % persons.length;
    setAt({ text: settled, index: next });
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      // the shell leaves keys alone while one types; here they mean this box
      event.preventDefault();
      event.currentTarget.select();
    }
    if (event.key === "Escape") onText("");
    if (persons.length === 0) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(active + (event.key === "ArrowDown" ? 1 : -1));
    }
    // only what is shown for what was typed
    if (event.key === "Enter" && settled === text.trim() && !found.isPlaceholderData && persons[active]) void navigate(`/customers/${persons[active].person_id}`);
  };
  const listed = persons.length > 0;
  return (
    <div className={classes.find}>
      <TextInput
        ref={ref}
        size="md"
        role="combobox"
        aria-expanded={listed}
        aria-controls={listed ? id : undefined}
        aria-activedescendant={listed ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        aria-label={t("find.label")}
        placeholder={t("find.placeholder")}
        leftSection={<IconSearch size={17} stroke={1.75} aria-hidden />}
        rightSection={text && <CloseButton size="sm" aria-label={t("find.clear")} onClick={() => onText("")} />}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={onKey}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        maxLength={200}
      />
      <VisuallyHidden role="status">{settled !== "" && found.data && !found.isFetching ? t("find.count", { count: persons.length }) : ""}</VisuallyHidden>
      {settled !== "" && found.isPending && <Loading rows={5} height={30} />}
      {settled !== "" && found.error && <Failed error={found.error} retry={() => void found.refetch()} />}
      {settled !== "" && found.data && !listed && !found.isPlaceholderData && <Empty icon={IconUserSearch} title={t("find.none")}>{t("find.noneSays")}</Empty>}
      {listed && (
        <div className={classes.found} data-waiting={found.isPlaceholderData || undefined}>
          <div role="listbox" id={id} aria-label={t("find.results")}>
            {persons.map((person, index) => (
              <FoundOne key={person.person_id} id={`${id}-${index}`} person={person} active={index === active} onPoint={() => setAt({ text: settled, index })} />
            ))}
          </div>
          <p className={classes.foot}>{found.data?.more ? t("find.more") : t("find.keys")}</p>
        </div>
      )}
    </div>
  );
}
