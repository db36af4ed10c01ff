/** The kiosk: what is here for everybody, more for who says who she is, and nothing of her once she has gone. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { KeyRefused, NotSetUp, Offline, useOnline } from "../frame/Frame";
import { readScreen, type Screen } from "../frame/settings";
import { LANGUAGES, type Language, languageOf } from "../frame/words";
import { useScanner } from "../associate/useScanner";
import { readShop } from "../goods/catalogue";
import styles from "./Kiosk.module.css";
import { Search } from "./Search";
import { SettingContext, settingOf, useSetting } from "./setting";
import { tellNow, wipe } from "./telling";
import { Tiles } from "./Tiles";
import { LEAVES, usePresence } from "./usePresence";
import { useTiles } from "./useTiles";
import { after, begin, consentEvent, type Happening, readCode, view, type Visit } from "./visit";
import { Choices, Code, Consent, exchange, Type } from "./WhoAreYou";

const screen = readScreen("kiosk");

const OWN_NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch", pl: "Polski" };

export default function Kiosk() {
  const [visit, setVisit] = useState<string>(() => crypto.randomUUID());
  const [currency, setCurrency] = useState<string | null>(null);
  useEffect(() => {
    // a shop that lets nobody read what it sells has no search here
    readShop().then((shop) => setCurrency(shop.currency), () => undefined);
  }, []);
  const forget = useCallback(() => {
    wipe();
    window.scrollTo(0, 0);
    setVisit(crypto.randomUUID());
  }, []);
  if (screen.key === "" || screen.placement === "") return <NotSetUp />;
  // another visit is another page: no state of the one before can be left in it
  return <AVisit key={visit} id={visit} screen={screen} currency={currency} onForget={forget} />;
}

interface VisitProps {
  readonly id: string;
  readonly screen: Screen;
  readonly currency: string | null;
  readonly onForget: () => void;
}

function AVisit({ id, screen: set, currency, onForget }: VisitProps) {
  const [visit, setVisit] = useState(() => begin(id));
  const [language, setLanguage] = useState<Language>(() => languageOf(set.locale));
  const setting = useMemo(() => settingOf(set, language), [set, language]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = setting.say("title");
  }, [language, setting]);
  const happen = useCallback((happening: Happening) => setVisit((before) => after(before, happening)), []);
  return (
    <SettingContext value={setting}>
      <Stage visit={visit} currency={currency} onHappening={happen} onLanguage={setLanguage} onForget={onForget} />
      {visit.step !== "attract" && <Watch onForget={onForget} />}
    </SettingContext>
  );
}

interface StageProps {
  readonly visit: Visit;
  readonly currency: string | null;
  readonly onHappening: (happening: Happening) => void;
  readonly onLanguage: (language: Language) => void;
  readonly onForget: () => void;
}

function Stage({ visit, currency, onHappening, onLanguage, onForget }: StageProps) {
  const { say, screen: set } = useSetting();
  const online = useOnline();
  const [said, setSaid] = useState<object | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { decision, problem } = useTiles(visit, said);
  const answer = (yes: boolean) => {
    const event = consentEvent(visit, yes, `kiosk-${crypto.randomUUID()}`, new Date());
    setBusy(true);
    void tellNow(set, event).then((recorded) => {
      setBusy(false);
      // what is not recorded was not said
      setSaid(recorded ? event : null);
      setNotice(recorded ? null : say("consentLost"));
      onHappening({ is: "answered", yes: yes && recorded });
    });
  };
  useScanner((text) => {
    if (busy || visit.step === "consent") return;
    const code = readCode(text);
    if (code === null) return;
    if (code.is === "card") onHappening({ is: "typed", kind: "loyalty_card", value: code.text });
    else exchange(set.key, code.text, visit).then(onHappening, () => setNotice(say("codeWrong")));
  });
  if (problem === "refused") return <KeyRefused />;
  const back = () => onHappening({ is: "wentTo", step: visit.step === "type" || visit.step === "code" ? "who" : "browse" });
  return (
    <div className={styles.kiosk} data-step={visit.step}>
      {visit.step === "attract" ? (
        <Attract title={decision?.slots[0]?.content.headline} onTouch={() => onHappening({ is: "touched" })} />
      ) : (
        <>
          <main className={styles.stage}>
            {notice && <p className={styles.notice} role="alert">{notice}</p>}
            {visit.step === "browse" && (
              <>
                <Heading visit={visit} />
                {decision
                  ? <Tiles key={decision.decision_id} decision={decision} visit={visit.id} />
                  : problem && <p className={styles.notice} role="alert">{say("away")}</p>}
              </>
            )}
            {visit.step === "search" && currency !== null && <Search currency={currency} />}
            {visit.step === "who" && <Choices visit={visit} onHappening={onHappening} />}
            {visit.step === "type" && <Type key={visit.typing} visit={visit} onHappening={onHappening} />}
            {visit.step === "code" && <Code visit={visit} onHappening={onHappening} />}
            {visit.step === "consent" && <Consent busy={busy} onAnswer={answer} />}
          </main>
          <nav className={styles.bar}>
            {visit.step === "browse" && currency !== null && <button type="button" className={styles.quiet} onClick={() => onHappening({ is: "wentTo", step: "search" })}>{say("search")}</button>}
            {visit.step === "browse" && !visit.who?.token && <button type="button" className={styles.go} onClick={() => onHappening({ is: "wentTo", step: "who" })}>{say("who")}</button>}
            {visit.step !== "browse" && visit.step !== "consent" && <button type="button" className={styles.quiet} onClick={back}>{say("back")}</button>}
            <button type="button" className={styles.done} onClick={onForget}>{say("done")}</button>
          </nav>
        </>
      )}
      <Languages onLanguage={onLanguage} />
      <Offline away={!online} />
    </div>
  );
}

function Attract({ title, onTouch }: { title: string | undefined; onTouch: () => void }) {
  const { say } = useSetting();
  const pressed = useRef(false);
  return (
    // a touch anywhere begins, not one that began on what was there before; keys and screen readers have the button
    <main
      className={styles.attract}
      onPointerDown={() => { pressed.current = true; }}
      onClick={(event) => { if (pressed.current || event.detail === 0) onTouch(); }}
    >
      <h1>{say("welcome")}</h1>
      {title && <p className={styles.today}>{title}</p>}
      <button type="button" autoFocus>{say("touch")}</button>
    </main>
  );
}

function Heading({ visit }: { visit: Visit }) {
  const { say } = useSetting();
  const shown = view(visit);
  return (
    <header className={styles.heading}>
      <h1>{say(shown)}</h1>
      {shown === "personal" && <p>{say("proofGood")}</p>}
      {shown === "member" && <p>{say(visit.who?.token ? "saidNot" : "claimed")}</p>}
    </header>
  );
}

function Languages({ onLanguage }: { onLanguage: (language: Language) => void }) {
  const { say, locale } = useSetting();
  return (
    <div className={styles.languages} role="group" aria-label={say("language")}>
      {LANGUAGES.map((each) => (
        <button key={each} type="button" lang={each} aria-pressed={each === locale} onClick={() => onLanguage(each)}>{OWN_NAMES[each]}</button>
      ))}
    </div>
  );
}

/** Asks whether she is still there, and forgets her when she is not. */
function Watch({ onForget }: { onForget: () => void }) {
  const presence = usePresence();
  const gone = presence.is === "gone";
  useEffect(() => {
    if (gone) onForget();
  }, [gone, onForget]);
  if (presence.is !== "asking") return null;
  return <StillThere seconds={presence.left} onForget={onForget} />;
}

/** Over everything, an open tile too. Any touch says that she is there; only its last button says that she is not. */
function StillThere({ seconds, onForget }: { seconds: number; onForget: () => void }) {
  const { say } = useSetting();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={styles.still} role="alertdialog" aria-labelledby="still" aria-describedby="still-says" onCancel={(event) => event.preventDefault()}>
      <h2 id="still">{say("still")}</h2>
      <p id="still-says">{say("stillSays", { seconds })}</p>
      <button type="button" className={styles.go} autoFocus>{say("stillYes")}</button>
      <button type="button" className={styles.quiet} {...{ [LEAVES]: "" }} onClick={onForget}>{say("done")}</button>
    </dialog>
  );
}
