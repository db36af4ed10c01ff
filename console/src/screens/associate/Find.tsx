/** Who is in front of me: by name, card, e-mail or phone, typed or scanned. */
import { type FormEvent, useRef, useState } from "react";
import { ago } from "./ago";
import styles from "./Associate.module.css";
import { useSetting } from "./setting";
import { type Glance, search } from "./staff";
import { useScanner } from "./useScanner";

interface Props {
  readonly onFound: (person: string) => void;
  readonly onUnknown: () => void;
  readonly onLost: (error: unknown) => void;
}

type Found = { readonly persons: readonly Glance[]; readonly more: boolean };

export function Find({ onFound, onUnknown, onLost }: Props) {
  const { say } = useSetting();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found | "searching" | "away" | null>(null);
  const asked = useRef(0);

  const look = (wanted: string, scanned: boolean) => {
    const sought = wanted.trim();
    if (!sought) return;
    const mine = ++asked.current;
    setFound("searching");
    search(sought).then(
      (answer) => {
        if (mine !== asked.current) return;
        const [only] = answer.persons;
        // a card names one person: there is nothing to choose
        if (only && answer.persons.length === 1 && (scanned || only.matched)) onFound(only.person_id);
        else setFound(answer);
      },
      (error: unknown) => {
        if (mine !== asked.current) return;
        setFound("away");
        onLost(error);
      },
    );
  };
  useScanner((code) => {
    setText(code);
    look(code, true);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look(text, false);
  };
  return (
    <main className={styles.find}>
      <h1>{say("find")}</h1>
      <form onSubmit={submit} role="search">
        <input
          type="search" value={text} autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} enterKeyHint="search"
          aria-label={say("findHow")} placeholder={say("findHow")} onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="screen-button">{say("findDo")}</button>
      </form>
      <Results found={found} onFound={onFound} />
      <button type="button" className={`screen-button ${styles.unknown}`} data-quiet onClick={onUnknown}>{say("unknown")}</button>
    </main>
  );
}

function Results({ found, onFound }: { found: Found | "searching" | "away" | null; onFound: (person: string) => void }) {
  const { say, locale } = useSetting();
  if (found === null) return null;
  if (found === "searching" || found === "away") return <p role="status">{say(found === "away" ? "away" : "finding")}</p>;
  if (found.persons.length === 0) return <p role="status">{say("nobody")}</p>;
  return (
    <>
      <ul className={styles.found}>
        {found.persons.map((person) => (
          <li key={person.person_id}>
            <button type="button" onClick={() => onFound(person.person_id)}>
              <strong>{person.label}</strong>
              <span>{[person.city, person.identifiers[0]?.value === person.label ? null : person.identifiers[0]?.value].filter(Boolean).join(" · ")}</span>
              <small>{[say("orders", { count: person.orders }), person.last_seen ? ago(person.last_seen, locale) : null].filter(Boolean).join(" · ")}</small>
            </button>
          </li>
        ))}
      </ul>
      {found.more && <p>{say("more")}</p>}
    </>
  );
}
