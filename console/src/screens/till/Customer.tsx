/** Her card: scanned, or made here. The till learns nothing about her, it only says who is there. */
import { type FormEvent, useState } from "react";
import type { Customer as Known } from "../goods/catalogue";
import { Dialog } from "./Dialog";
import type { SignUp } from "./selling";
import styles from "./Till.module.css";
import { useTill } from "./till";

interface Props {
  readonly card: string | null;
  readonly known: readonly Known[];
  readonly onCard: (card: string | null) => void;
  readonly onSignUp: (said: SignUp) => void;
  readonly joining: boolean;
  readonly setJoining: (joining: boolean) => void;
}

export function Customer({ card, known, onCard, onSignUp, joining, setJoining }: Props) {
  const { say } = useTill();
  const [typed, setTyped] = useState("");
  const use = (event: FormEvent): void => {
    event.preventDefault();
    if (typed.trim() !== "") onCard(typed.trim());
    setTyped("");
  };
  return (
    <section className={styles.customer} aria-label={say("customer")}>
      <h2>{say("customer")}</h2>
      {card !== null ? (
        <p className={styles.card}>
          <span>
            {say("card")} <strong>{card}</strong>
          </span>
          <button type="button" className={styles.link} onClick={() => onCard(null)} aria-label={say("cardRemove")}>
            ×
          </button>
        </p>
      ) : (
        <>
          <form className={styles.cardForm} onSubmit={use}>
            <input
              aria-label={say("card")}
              placeholder={say("card")}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              maxLength={100}
              list="cards"
            />
            <datalist id="cards">
              {known.map((one) => (
                <option key={one.loyalty_card} value={one.loyalty_card} />
              ))}
            </datalist>
            <button type="submit" className="screen-button" data-quiet disabled={typed.trim() === ""}>
              {say("cardUse")}
            </button>
            <button type="button" className="screen-button" data-quiet onClick={() => setJoining(true)}>
              {say("signUp")}
            </button>
          </form>
          {known.length > 0 && (
            <p className={styles.try}>
              <small>{say("cardTry")}</small>
              {known.slice(0, 4).map((one) => (
                <button key={one.loyalty_card} type="button" className={styles.chip} onClick={() => onCard(one.loyalty_card)}>
                  {one.loyalty_card}
                </button>
              ))}
            </p>
          )}
        </>
      )}
      {joining && (
        <Join
          onClose={() => setJoining(false)}
          onJoin={(said) => {
            setJoining(false);
            onSignUp(said);
          }}
        />
      )}
    </section>
  );
}

function newCard(): string {
  const drawn = crypto.getRandomValues(new Uint32Array(2));
  return `9${[...drawn].map((one) => String(one % 100_000).padStart(5, "0")).join("")}`;
}

function Join({ onJoin, onClose }: { onJoin: (said: SignUp) => void; onClose: () => void }) {
  const { say } = useTill();
  const [card, setCard] = useState(newCard);
  const [email, setEmail] = useState("");
  const [personalisation, setPersonalisation] = useState(false);
  const [marketing, setMarketing] = useState(false);
  const join = (event: FormEvent): void => {
    event.preventDefault();
    const wording = [say("personalisation"), ...(email ? [say("marketing")] : [])].join(" ");
    onJoin({ card: card.trim(), email: email.trim(), personalisation, marketing: marketing && email !== "", wording });
  };
  return (
    <Dialog title={say("signUpTitle")} onClose={onClose}>
      <form className={styles.form} onSubmit={join}>
        <label>
          {say("card")}
          <input value={card} onChange={(event) => setCard(event.target.value)} required maxLength={100} autoComplete="off" />
        </label>
        <label>
          {say("email")}
          <input type="email" value={email} onChange={(event) => setEmail(event.target.value)} maxLength={200} autoComplete="off" />
        </label>
        <p className={styles.note}>{say("consentNote")}</p>
        <label className={styles.tick}>
          <input type="checkbox" checked={personalisation} onChange={(event) => setPersonalisation(event.target.checked)} />
          {say("personalisation")}
        </label>
        <label className={styles.tick}>
          <input
            type="checkbox"
            checked={marketing && email !== ""}
            disabled={email === ""}
            onChange={(event) => setMarketing(event.target.checked)}
          />
          {say("marketing")}
        </label>
        <div className={styles.buttons}>
          <button type="button" className="screen-button" data-quiet onClick={onClose}>
            {say("cancel")}
          </button>
          <button type="submit" className="screen-button" disabled={card.trim() === ""}>
            {say("join")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
