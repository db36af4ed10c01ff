/** One note; your own can be corrected where it stands, and taken back in two taps. */
import { type FormEvent, useEffect, useState } from "react";
import { ago } from "./ago";
import styles from "./Associate.module.css";
import { type Setting, useSetting } from "./setting";
import { type About, type Brief, correctNote, type Note, takeNoteBack } from "./staff";

/** Milliseconds after which the first tap is forgotten. */
const FORGOTTEN = 8_000;

interface Props {
  readonly brief: Brief;
  readonly note: Note;
  readonly onChanged: (note: Note) => void;
  readonly onGone: (note: Note) => void;
  readonly onRefused: (error: unknown) => void;
}

export function NoteShown(props: Props) {
  const { note } = props;
  const setting = useSetting();
  const [editing, setEditing] = useState(false);
  return (
    <li data-about={note.about} data-corrected={note.corrected ? true : undefined}>
      {editing ? <Correct {...props} onDone={() => setEditing(false)} /> : (
        <>
          <p>{note.text}</p>
          <small>{written(note, setting)}</small>
          {note.yours && <Own {...props} onEdit={() => setEditing(true)} />}
        </>
      )}
    </li>
  );
}

/** Who wrote it and when, and whether it was corrected since. */
function written(note: Note, { say, locale }: Setting): string {
  const when = ago(note.at, locale);
  const by = note.by ? say("noteBy", { who: note.by, when }) : say("noteByNobody", { when });
  if (!note.corrected) return by;
  const { by: who, at } = note.corrected;
  const then = ago(at, locale);
  return `${by} · ${who && who !== note.by ? say("noteCorrectedBy", { who, when: then }) : say("noteCorrected", { when: then })}`;
}

/** Service, or a preference where she has agreed. `name` tells the choices of several forms apart. */
export function AboutChoice({ name, about, personal, onChoose }: { name: string; about: About; personal: boolean; onChoose: (about: About) => void }) {
  const { say } = useSetting();
  return (
    <fieldset>
      <legend className={styles.unseen}>{say("notes")}</legend>
      {(["service", "preference"] as const).map((each) => (
        <label key={each} title={each === "preference" && !personal ? say("notePreferenceNot") : undefined}>
          <input type="radio" name={name} checked={about === each} disabled={each === "preference" && !personal} onChange={() => onChoose(each)} />
          {say(each === "service" ? "noteService" : "notePreference")}
        </label>
      ))}
    </fieldset>
  );
}

/** A note by its beginning: what a button is about, for who only hears it. */
const beginning = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

function Own({ brief, note, onGone, onRefused, onEdit }: Props & { readonly onEdit: () => void }) {
  const { say } = useSetting();
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!sure) return;
    const timer = setTimeout(() => setSure(false), FORGOTTEN);
    return () => clearTimeout(timer);
  }, [sure]);
  const back = () => {
    if (!sure) {
      setSure(true);
      return;
    }
    if (busy) return;
    setBusy(true);
    takeNoteBack(brief.person_id, note.note_id)
      .then(() => onGone(note), onRefused)
      .finally(() => {
        setBusy(false);
        setSure(false);
      });
  };
  const text = beginning(note.text);
  return (
    <div className={styles.own}>
      <button type="button" aria-label={say("noteChangeOne", { text })} onClick={onEdit}>{say("noteChange")}</button>
      <button type="button" aria-label={sure ? undefined : say("noteBackOne", { text })} data-sure={sure || undefined} aria-disabled={busy} onClick={back}>{say(sure ? "noteBackSure" : "noteBack")}</button>
    </div>
  );
}

function Correct({ brief, note, onChanged, onRefused, onDone }: Props & { readonly onDone: () => void }) {
  const setting = useSetting();
  const { say } = setting;
  const { personal } = brief.consent;
  const [text, setText] = useState(note.text);
  const [about, setAbout] = useState<About>(note.about);
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || text.trim() === "") return;
    setBusy(true);
    correctNote(brief.person_id, note.note_id, { text, about }, setting).then(
      (corrected) => {
        onChanged(corrected);
        onDone();
      },
      (error: unknown) => {
        setBusy(false);
        onRefused(error);
      },
    );
  };
  return (
    <form onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && onDone()}>
      {/* who asked to correct it goes on with its text */}
      <textarea autoFocus rows={2} maxLength={2000} value={text} aria-label={say("noteText")} onChange={(event) => setText(event.target.value)} />
      <div className={styles.write}>
        <AboutChoice name={`about-${note.note_id}`} about={about} personal={personal} onChoose={setAbout} />
        <button type="button" className="screen-button" data-quiet onClick={onDone}>{say("noteCancel")}</button>
        <button type="submit" className="screen-button" disabled={busy || text.trim() === ""}>{say("noteSave")}</button>
      </div>
    </form>
  );
}
