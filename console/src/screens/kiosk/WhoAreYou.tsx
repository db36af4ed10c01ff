/** She may say who she is, and what for; what is typed is believed of nobody, what is proven only with her yes. */
import { useState } from "react";
import { post, Refused } from "../frame/segue";
import styles from "./Kiosk.module.css";
import { useSetting } from "./setting";
import { type Happening, identifiersOf, type Kind, type Visit } from "./visit";
import { Typing } from "./Typing";

interface Props {
  readonly visit: Visit;
  readonly onHappening: (happening: Happening) => void;
}

export function Choices({ onHappening }: Props) {
  const { say } = useSetting();
  const choose = (kind: Kind) => onHappening({ is: "chose", kind });
  return (
    <div className={styles.choices}>
      <h1>{say("who")}</h1>
      <section>
        <p>{say("whoWhy")}</p>
        <button type="button" className={styles.go} onClick={() => choose("loyalty_card")}>{say("whoCard")}</button>
        <button type="button" className={styles.go} onClick={() => choose("email")}>{say("whoEmail")}</button>
        <p className={styles.plain}>{say("whoPlain")}</p>
      </section>
      <section>
        <p>{say("whoCodeWhy")}</p>
        <button type="button" className={styles.go} onClick={() => onHappening({ is: "wentTo", step: "code" })}>{say("whoCode")}</button>
      </section>
    </div>
  );
}

export function Type({ visit, onHappening }: Props) {
  const { say } = useSetting();
  const mail = visit.typing === "email";
  return (
    <Typing
      sort={mail ? "email" : "card"} label={say(mail ? "email" : "card")} wrong={say(mail ? "emailWrong" : "cardNone")}
      says={<p className={styles.plain}>{say("whoPlain")}</p>}
      onDone={(value) => onHappening({ is: "typed", kind: visit.typing, value })}
    />
  );
}

/** A one-time code, or what the reader has read of a QR code. */
export function Code({ visit, onHappening }: Props) {
  const { say, screen } = useSetting();
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const bring = (code: string) => {
    setBusy(true);
    setError(null);
    exchange(screen.key, code, visit)
      .then(onHappening, (refused: unknown) => {
        const status = refused instanceof Refused ? refused.status : 0;
        setError(say(status === 429 ? "codeMany" : status === 0 || status >= 500 ? "away" : "codeWrong"));
      })
      .finally(() => setBusy(false));
  };
  return <Typing sort="code" label={say("code")} wrong={say("codeWrong")} says={<p>{say("codeHow")}</p>} error={error} busy={busy} onDone={bring} />;
}

/** A proof for an identity token of this kiosk; Refused where it is none. Whoever typed her name before is held to it. */
export async function exchange(key: string, proof: string, visit: Visit): Promise<Happening> {
  const typed = visit.who?.token === null ? Object.fromEntries(visit.who.identifiers) : {};
  const { identity_token } = (await post("/api/v1/proofs/exchange", key, { proof, identifiers: typed })) as { identity_token: string };
  return { is: "proved", identifiers: identifiersOf(identity_token), token: identity_token };
}

export function Consent({ busy, onAnswer }: { busy: boolean; onAnswer: (yes: boolean) => void }) {
  const { say } = useSetting();
  return (
    <div className={styles.choices}>
      <h1>{say("consent")}</h1>
      <p>{say("consentOnly")}</p>
      {/* both answers are alike in size: neither is pushed */}
      <div className={styles.pair}>
        <button type="button" className={styles.answer} disabled={busy} onClick={() => onAnswer(true)}>{say("yes")}</button>
        <button type="button" className={styles.answer} disabled={busy} onClick={() => onAnswer(false)}>{say("no")}</button>
      </div>
      <p className={styles.plain}>{say("consentNo")}</p>
    </div>
  );
}
