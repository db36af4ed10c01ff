/** One field and the keyboard for it. */
import { type FormEvent, type ReactNode, useState } from "react";
import { fits, LONGEST, type Sort } from "./keyboard";
import { Keyboard } from "./Keyboard";
import styles from "./Kiosk.module.css";
import { useSetting } from "./setting";

interface Props {
  readonly sort: Sort;
  readonly label: string;
  /** what is wrong with a text that does not fit */
  readonly wrong: string;
  readonly says?: ReactNode;
  readonly error?: string | null;
  readonly busy?: boolean;
  readonly onDone: (text: string) => void;
}

export function Typing({ sort, label, wrong, says, error = null, busy = false, onDone }: Props) {
  const { say } = useSetting();
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setTried(true);
    if (!fits(text, sort)) return;
    onDone(text.trim());
    if (sort === "code") setText("");
  };
  const said = tried && !fits(text, sort) && error === null ? wrong : error;
  const change = (next: string) => {
    setText(next);
    setTried(false);
  };
  return (
    <form className={styles.typing} onSubmit={submit} autoComplete="off">
      <h1 id="typing">{label}</h1>
      {says}
      <input
        // the kiosk's own keyboard is on the screen, so that of the machine stays away; and nothing typed is remembered
        type="text" inputMode="none" autoComplete="off" autoCapitalize="none" autoCorrect="off" spellCheck={false} name="field"
        autoFocus value={text} maxLength={sort === "code" ? 6 : LONGEST} aria-labelledby="typing" aria-invalid={said !== null} data-sort={sort}
        onChange={(event) => change(event.target.value)}
      />
      <p className={styles.wrong} role="alert">{said}</p>
      <Keyboard sort={sort} text={text} onText={change} />
      <button type="submit" className={styles.go} disabled={busy}>{say("go")}</button>
    </form>
  );
}
