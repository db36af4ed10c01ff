/** What colleagues wrote, and a place to write. Whoever wrote a note corrects it and takes it back. */
import { type FormEvent, useState } from "react";
import { Refused } from "../frame/segue";
import styles from "./Associate.module.css";
import { AboutChoice, NoteShown } from "./NoteShown";
import { useSetting } from "./setting";
import { type About, addNote, type Brief, type Note } from "./staff";

interface Props {
  readonly brief: Brief;
  /** the notes that there are now */
  readonly onNotes: (notes: Note[]) => void;
  readonly onLost: (error: unknown) => void;
}

export function Notes({ brief, onNotes, onLost }: Props) {
  const { say } = useSetting();
  const [said, setSaid] = useState<string | null>(null);
  const { notes } = brief;
  const refused = (key: "noteNot" | "noteNotChanged", error: unknown) => {
    setSaid(say(key, { why: error instanceof Refused && error.status > 0 ? error.message : say("away") }));
    // that a note is somebody else's says nothing of her role
    if (!(error instanceof Refused && error.status === 403)) onLost(error);
  };
  const changed = (note: Note) => {
    onNotes(notes.map((each) => (each.note_id === note.note_id ? note : each)));
    setSaid(say("noteWasCorrected"));
  };
  const gone = ({ note_id }: Note) => {
    onNotes(notes.filter((each) => each.note_id !== note_id));
    setSaid(say("noteTakenBack"));
  };
  return (
    <section className={styles.notes} aria-labelledby="notes">
      <h2 id="notes">{say("notes")}</h2>
      {notes.length === 0 && <p className={styles.none}>{say("noNotes")}</p>}
      <ul>
        {notes.slice(0, 5).map((note) => (
          <NoteShown key={note.note_id} brief={brief} note={note} onChanged={changed} onGone={gone} onRefused={(error) => refused("noteNotChanged", error)} />
        ))}
      </ul>
      <Write
        brief={brief}
        onAdded={(note) => {
          onNotes([note, ...notes]);
          setSaid(say("noteKept"));
        }}
        onRefused={(error) => refused("noteNot", error)}
      />
      <p role="status" className={styles.none}>{said}</p>
    </section>
  );
}

/** A note keeps its id until it is kept, so that sending it again is no second one. */
const fresh = () => ({ id: crypto.randomUUID(), text: "" });

interface WriteProps {
  readonly brief: Brief;
  readonly onAdded: (note: Note) => void;
  readonly onRefused: (error: unknown) => void;
}

function Write({ brief, onAdded, onRefused }: WriteProps) {
  const setting = useSetting();
  const { say } = setting;
  const { personal } = brief.consent;
  const [draft, setDraft] = useState(fresh);
  const [chosen, setAbout] = useState<About>("service");
  const [busy, setBusy] = useState(false);
  // she may have withdrawn since it was chosen
  const about = personal ? chosen : "service";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || draft.text.trim() === "") return;
    setBusy(true);
    addNote({ person_id: brief.person_id, text: draft.text, about, note_id: draft.id }, setting)
      .then((note) => {
        onAdded(note);
        setDraft(fresh());
      }, onRefused)
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit}>
      <textarea
        rows={2} maxLength={2000} value={draft.text} aria-label={say("noteYour")} placeholder={say("noteYour")}
        onChange={(event) => setDraft({ ...draft, text: event.target.value })}
      />
      <div className={styles.write}>
        <AboutChoice name="about" about={about} personal={personal} onChoose={setAbout} />
        <button type="submit" className="screen-button" disabled={busy || draft.text.trim() === ""}>{say("noteKeep")}</button>
      </div>
      {!personal && <p className={styles.none}>{say("notePreferenceNot")}</p>}
    </form>
  );
}
