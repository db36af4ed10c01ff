/** What she says yes or no to at the counter, in her language; it holds as soon as it is recorded. */
import { useEffect, useId, useRef, useState } from "react";
import { Refused } from "../frame/segue";
import { type Language, LANGUAGES, languageOf } from "../frame/words";
import { ago } from "./ago";
import styles from "./Associate.module.css";
import { type Setting, useSetting } from "./setting";
import { type Agreement, type Brief, stateConsent } from "./staff";
import { asked, inShort } from "./wording";

interface Props {
  readonly brief: Brief;
  /** she said something: the page is read again */
  readonly onSaid: () => void;
  readonly onLost: (error: unknown) => void;
}

/** What holds for this page, and the way to ask her. */
export function ConsentLine({ brief, onSaid, onLost }: Props) {
  const setting = useSetting();
  const { say } = setting;
  const [open, setOpen] = useState(false);
  const { consent } = brief;
  const [first] = brief.agreements;
  return (
    <div className={styles.withheld} role="note" data-agreed={consent.personal || undefined}>
      <strong>{say(consent.personal ? "agreed" : consent.state === "denied" ? "withheldDenied" : "withheld")}</strong>
      {consent.personal ? first && <span>{heardBy(first, setting)}</span> : <span>{say("withheldSays")}</span>}
      <button type="button" className="screen-button" data-quiet onClick={() => setOpen(true)}>{say(consent.state === "unstated" && !consent.personal ? "askHer" : "herConsent")}</button>
      {open && <Ask brief={brief} onSaid={onSaid} onLost={onLost} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** To whom she said it, where and when; empty where she never said anything. */
function heardBy({ at, by, store }: Agreement, { say, locale }: Setting): string {
  if (!at) return "";
  const when = ago(at, locale);
  if (!by) return say("saidWhen", { when });
  return store ? say("saidTo", { who: by, store, when }) : say("saidToWho", { who: by, when });
}

interface AskProps extends Props {
  readonly onClose: () => void;
}

/** Her language, or the tablet's where she never told it. */
const hers = (language: string | null, locale: string): Language => languageOf(language ?? locale);

const STATES = { granted: "consentGranted", denied: "consentDenied", unstated: "consentUnstated" } as const;

function Ask({ brief, onSaid, onLost, onClose }: AskProps) {
  const setting = useSetting();
  const { say, locale } = setting;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [number, setNumber] = useState(0);
  const [language, setLanguage] = useState(() => hers(brief.language, locale));
  useEffect(() => {
    const shown = dialog.current;
    if (shown && !shown.open) shown.showModal();
    return () => shown?.close();
  }, []);
  const question = brief.agreements[number];
  if (question === undefined) return null;
  const names = new Intl.DisplayNames(locale, { type: "language" });
  const heard = heardBy(question, setting);
  return (
    <dialog ref={dialog} className={styles.ask} aria-labelledby={heading} onCancel={onClose}>
      <h2 id={heading}>{say("consentTitle")}</h2>
      <p>{say("consentHow")}</p>
      <div className={styles.about}>
        <label>
          {say("consentWhat")}
          <select value={number} onChange={(event) => setNumber(Number(event.target.value))}>
            {brief.agreements.map((each, index) => <option key={`${each.purpose} ${each.channel}`} value={index}>{inShort(each, languageOf(locale))}</option>)}
          </select>
        </label>
        <label>
          {say("consentLanguage")}
          <select value={language} onChange={(event) => setLanguage(event.target.value as Language)}>
            {LANGUAGES.map((each) => <option key={each} value={each}>{names.of(each)}</option>)}
          </select>
        </label>
      </div>
      <blockquote lang={language}>
        {asked(question, language).map((sentence) => <p key={sentence}>{sentence}</p>)}
      </blockquote>
      <p className={styles.now}>{say("consentIs", { state: say(STATES[question.state]) })}{heard && ` · ${heard}`}</p>
      <Answers key={`${number} ${language}`} person={brief.person_id} question={question} language={language} onSaid={onSaid} onLost={onLost} />
      <button type="button" className="screen-button" data-quiet onClick={onClose}>{say("close")}</button>
    </dialog>
  );
}

interface AnswersProps {
  readonly person: string;
  readonly question: Agreement;
  readonly language: Language;
  readonly onSaid: () => void;
  readonly onLost: (error: unknown) => void;
}

function Answers({ person, question, language, onSaid, onLost }: AnswersProps) {
  const setting = useSetting();
  const { say } = setting;
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<{ readonly text: string; readonly lost: boolean } | null>(null);
  // sending the same answer again records it once
  const ids = useRef({ yes: crypto.randomUUID(), no: crypto.randomUUID() });
  const answer = (granted: boolean) => {
    if (busy) return;
    setBusy(true);
    const which = granted ? "yes" : "no";
    const { purpose, channel } = question;
    const said = { person_id: person, purpose, channel, granted, wording: asked(question, language).join(" "), locale: language, statement_id: ids.current[which] };
    stateConsent(said, setting)
      .then(
        () => {
          ids.current = { ...ids.current, [which]: crypto.randomUUID() };
          setTold({ text: say(granted ? "consentTold" : "consentToldNo"), lost: false });
          onSaid();
        },
        (error: unknown) => {
          setTold({ text: say("consentLost", { why: error instanceof Refused && error.status > 0 ? error.message : say("away") }), lost: true });
          onLost(error);
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      {/* both answers are alike in size: neither is pushed */}
      <div className={styles.answers}>
        <button type="button" className="screen-button" data-quiet aria-disabled={busy} onClick={() => answer(true)}>{say("consentYes")}</button>
        <button type="button" className="screen-button" data-quiet aria-disabled={busy} onClick={() => answer(false)}>{say(question.state === "granted" ? "consentWithdraw" : "consentNo")}</button>
      </div>
      <p role={told?.lost ? "alert" : "status"} className={styles.now}>{told?.text}</p>
    </>
  );
}
