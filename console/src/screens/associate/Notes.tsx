/** What colleagues wrote, and a place to write. */
import { type FormEvent, useState } from "react";
import { Refused } from "../frame/segue";
import { ago } from "./ago";
import styles from "./Associate.module.css";
import { useSetting } from "./setting";
import { type About, addNote, type Brief, type Note } from "./staff";

interface Props {
  readonly brief: Brief;
  readonly onAdded: (note: Note) => void;
  readonly onLost: (error: unknown) => void;
}

export function Notes({ brief, onAdded, onLost }: Props) {
  const { say, locale } = useSetting();
  return (
    <section className={styles.notes} aria-labelledby="notes">
      <h2 id="notes">{say("notes")}</h2>
      {brief.notes.length === 0 && <p className={styles.none}>{say("noNotes")}</p>}
      <ul>
        {brief.notes.slice(0, 5).map((note) => {
          const when = ago(note.at, locale);
          return (
            <li key={note.note_id} data-about={note.about}>
              <p>{note.text}</p>
              <small>{note.by ? say("noteBy", { who: note.by, when }) : say("noteByNobody", { when })}</small>
            </li>
          );
        })}
      </ul>
      <Write brief={brief} onAdded={onAdded} onLost={onLost} />
    </section>
  );
}

/** A note keeps its id until it is kept, so that sending it again is no second one. */
const fresh = () => ({ id: crypto.randomUUID(), text: "" });

function Write({ brief, onAdded, onLost }: Props) {
  const setting = useSetting();
  const { say } = setting;
  const { personal } = brief.consent;
  const [draft, setDraft] = useState(fresh);
  const [about, setAbout] = useState<About>("service");
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || draft.text.trim() === "") return;
    setBusy(true);
    addNote({ person_id: brief.person_id, text: draft.text, about, note_id: draft.id }, setting)
      .then(
        (note) => {
          onAdded(note);
          setDraft(fresh());
          setSaid(say("noteKept"));
        },
        (error: unknown) => {
          setSaid(say("noteNot", { why: error instanceof Refused && error.status > 0 ? error.message : say("away") }));
          onLost(error);
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit}>
      <textarea
        rows={2} maxLength={2000} value={draft.text} aria-label={say("noteYour")} placeholder={say("noteYour")}
        onChange={(event) => setDraft({ ...draft, text: event.target.value })}
      />
      <div className={styles.write}>
        <fieldset>
          <legend className={styles.unseen}>{say("notes")}</legend>
          {(["service", "preference"] as const).map((each) => (
            <label key={each} title={each === "preference" && !personal ? say("notePreferenceNot") : undefined}>
              <input type="radio" name="about" checked={about === each} disabled={each === "preference" && !personal} onChange={() => setAbout(each)} />
              {say(each === "service" ? "noteService" : "notePreference")}
            </label>
          ))}
        </fieldset>
        <button type="submit" className="screen-button" disabled={busy || draft.text.trim() === ""}>{say("noteKeep")}</button>
      </div>
      {!personal && <p className={styles.none}>{say("notePreferenceNot")}</p>}
      <p role="status" className={styles.none}>{said}</p>
    </form>
  );
}
