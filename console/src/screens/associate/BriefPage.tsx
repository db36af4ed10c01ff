/** One customer on one page, to be read in ten seconds. */
import { type ReactNode, useEffect, useState } from "react";
import { Refused } from "../frame/segue";
import { ago, since } from "./ago";
import styles from "./Associate.module.css";
import { ConsentLine } from "./Consent";
import { Looked, Tastes, Visits, Waits } from "./Facts";
import { Notes } from "./Notes";
import { useSetting } from "./setting";
import { type Brief, type Note, readBrief, search } from "./staff";
import { Suggestions } from "./Suggestions";
import { useScanner } from "./useScanner";

interface Props {
  readonly person: string;
  /** another card was scanned */
  readonly onOther: (person: string) => void;
  readonly onLost: (error: unknown) => void;
}

export function BriefPage({ person, onOther, onLost }: Props) {
  const setting = useSetting();
  const { say } = setting;
  const [brief, setBrief] = useState<Brief | "away" | "gone" | null>(null);
  const [tries, setTries] = useState(0);
  const { store, locale } = setting;
  useEffect(() => {
    let wanted = true;
    readBrief(person, { store, locale }).then(
      (read) => wanted && setBrief(read),
      (error: unknown) => {
        if (!wanted) return;
        setBrief(error instanceof Refused && error.status === 404 ? "gone" : "away");
        onLost(error);
      },
    );
    return () => {
      wanted = false;
    };
    // onLost is made anew with each painting of the page above, and changes nothing here
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [person, store, locale, tries]);
  useScanner((code) => {
    search(code).then(({ persons: [only] }) => only && onOther(only.person_id), onLost);
  });
  if (brief === null) return <main className={styles.waiting} aria-busy="true"><p role="status">{say("loading")}</p></main>;
  if (typeof brief === "string") {
    return (
      <main className={styles.waiting}>
        <p role="alert">{say(brief)}</p>
        {brief === "away" && <button type="button" className="screen-button" onClick={() => setTries(tries + 1)}>{say("again")}</button>}
      </main>
    );
  }
  const noted = (notes: Note[]) => setBrief({ ...brief, notes });
  return (
    <main className={styles.brief} data-personal={brief.consent.personal || undefined}>
      <Who brief={brief}>
        <ConsentLine brief={brief} onSaid={() => setTries(tries + 1)} onLost={onLost} />
      </Who>
      <section className={styles.next} aria-labelledby="next">
        <h2 id="next">{say("next")}</h2>
        <Suggestions decision={brief.suggestions ?? null} placed={brief.suggestions !== null} onLost={onLost} />
      </section>
      <div className={styles.facts}>
        <Visits brief={brief} />
        <Waits brief={brief} />
        <Tastes brief={brief} />
      </div>
      <Looked brief={brief} />
      <Notes brief={brief} onNotes={noted} onLost={onLost} />
    </main>
  );
}

function Who({ brief: { who, complaint }, children }: { brief: Brief; children: ReactNode }) {
  const { say, locale } = useSetting();
  const { loyalty, value } = who;
  const chips = [
    loyalty?.tier,
    loyalty && (loyalty.ending ? say("member", { ending: loyalty.ending }) : say("memberPlain")),
    loyalty?.points && say("points", { points: loyalty.points }),
    value && say(`value${value.fifth}` as "value5"),
  ].filter((chip): chip is string => Boolean(chip));
  const facts = [who.since && say("since", { when: since(who.since, locale) }), say("orders", { count: who.orders }), who.city].filter(Boolean);
  return (
    <header className={styles.who}>
      <div>
        <h1>{who.label}</h1>
        <p>{facts.join(" · ")}</p>
      </div>
      <ul className={styles.chips}>
        {chips.map((chip) => <li key={chip}>{chip}</li>)}
      </ul>
      {complaint && (
        <p className={styles.complaint} role="alert">
          <strong>{complaint.since ? say("complaintSince", { when: ago(complaint.since, locale) }) : say("complaint")}</strong>
          {complaint.about && <q>{complaint.about}</q>}
          <span>{say("complaintSays")}</span>
        </p>
      )}
      {children}
    </header>
  );
}
