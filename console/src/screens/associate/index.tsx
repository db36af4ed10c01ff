/** The staff's tablet: who is in front of me, what did she do last, what is best for her. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { Told } from "../frame/Frame";
import { Refused } from "../frame/segue";
import { readScreen, setScreen } from "../frame/settings";
import { languageOf } from "../frame/words";
import { useIdle } from "../kiosk/useIdle";
import styles from "./Associate.module.css";
import { BriefPage } from "./BriefPage";
import { Find } from "./Find";
import { type Setting, SettingContext, settingOf, useSetting } from "./setting";
import { type Desk, readDesk, signOut } from "./staff";
import { Unknown } from "./Unknown";

const screen = readScreen("associate");
document.documentElement.lang = languageOf(screen.locale);

/** Seconds after which a tablet that was put down shows nobody any more. */
const PUT_DOWN = 180;

type State = { readonly is: "loading" | "signedOut" | "mayNot" | "away" } | { readonly is: "here"; readonly desk: Desk };

export default function Associate() {
  const [state, setState] = useState<State>({ is: "loading" });
  const [store, setStore] = useState(screen.store);
  const setting = useMemo(() => settingOf(store, screen.locale), [store]);
  const { say } = setting;
  const load = useCallback(() => {
    readDesk().then(
      (desk) => setState({ is: "here", desk }),
      (error: unknown) => setState({ is: nameOf(error) }),
    );
  }, []);
  useEffect(load, [load]);
  useEffect(() => {
    document.title = `${say("title")} · Segue`;
  }, [say]);
  const choose = (chosen: string) => {
    setStore(chosen);
    setScreen("associate", { store: chosen });
  };
  if (state.is === "loading") return <main className={styles.waiting} aria-busy="true"><p role="status">{say("loading")}</p></main>;
  if (state.is === "here") {
    return (
      <SettingContext value={setting}>
        <Tablet desk={state.desk} onStore={choose} onRefused={(error) => setState({ is: nameOf(error) })} />
      </SettingContext>
    );
  }
  return <NotHere state={state.is} say={say} again={load} />;
}

/** What an error of a call makes of the page as a whole. */
function nameOf(error: unknown): "signedOut" | "mayNot" | "away" {
  const status = error instanceof Refused ? error.status : 0;
  return status === 401 ? "signedOut" : status === 403 ? "mayNot" : "away";
}

function NotHere({ state, say, again }: { state: "signedOut" | "mayNot" | "away"; say: Setting["say"]; again: () => void }) {
  if (state === "away") {
    return (
      <Told title={say("away")}>
        <button type="button" className="screen-button" onClick={again}>{say("again")}</button>
      </Told>
    );
  }
  const out = state === "signedOut";
  return (
    <Told title={say(out ? "signIn" : "mayNot")}>
      <p>{say(out ? "signInHow" : "mayNotHow")}</p>
      {out
        ? <a className={`screen-button ${styles.signIn}`} href="/console/sign-in" onClick={comeBack}>{say("signInDo")}</a>
        : <button type="button" className="screen-button" onClick={() => void signOut().finally(again)}>{say("signOut")}</button>}
    </Told>
  );
}

/** The sign-in page leads back here; see app/session.tsx of the console. */
function comeBack(): void {
  try {
    sessionStorage.setItem("segue-wanted-screen", JSON.stringify({ page: "/screens/associate", at: Date.now() }));
  } catch {
    // storage is closed: she opens this page again by herself
  }
}

type Customer = { readonly id: string } | "unknown" | null;

interface TabletProps {
  readonly desk: Desk;
  readonly onStore: (store: string) => void;
  readonly onRefused: (error: unknown) => void;
}

function Tablet({ desk, onStore, onRefused }: TabletProps) {
  const { say, store } = useSetting();
  const [customer, setCustomer] = useState<Customer>(null);
  const done = useCallback(() => setCustomer(null), []);
  useIdle(customer === null ? null : PUT_DOWN, done);
  const lost = (error: unknown) => {
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) onRefused(error);
  };
  return (
    <div className={styles.tablet}>
      <header className={styles.bar}>
        <strong>{say("title")}</strong>
        <label className={styles.store}>
          <span className={styles.unseen}>{say("store")}</span>
          <select value={store} onChange={(event) => onStore(event.target.value)}>
            <option value="">{say("noStore")}</option>
            {desk.stores.map((each) => <option key={each.store} value={each.store}>{each.name ?? each.store}</option>)}
          </select>
        </label>
        <span className={styles.name}>{desk.name}</span>
        {customer === null
          ? <button type="button" className="screen-button" data-quiet onClick={() => void signOut().finally(() => onRefused(new Refused(401, "", "", null)))}>{say("signOut")}</button>
          : <button type="button" className="screen-button" onClick={done}>{say("done")}</button>}
      </header>
      {customer === null && <Find onFound={(id) => setCustomer({ id })} onUnknown={() => setCustomer("unknown")} onLost={lost} />}
      {customer === "unknown" && <Unknown placement={desk.placement ?? null} onLost={lost} />}
      {customer !== null && customer !== "unknown" && (
        <BriefPage key={customer.id} person={customer.id} onOther={(id) => setCustomer({ id })} onLost={lost} />
      )}
    </div>
  );
}
