/** The next best three: the sentence to say, and what became of it in two taps. */
import { useEffect, useState } from "react";
import { plainly } from "../goods/names";
import styles from "./Associate.module.css";
import { useSetting } from "./setting";
import { type Decision, type OutcomeName, recordOutcome, type Slot } from "./staff";

/** Milliseconds after which the first tap is forgotten. */
const FORGOTTEN = 8_000;

interface Props {
  readonly decision: Decision | null;
  /** there is a placement that asks */
  readonly placed: boolean;
  readonly onLost: (error: unknown) => void;
}

export function Suggestions({ decision, placed, onLost }: Props) {
  const { say } = useSetting();
  if (decision === null || decision.slots.length === 0) return <p className={styles.none}>{say(placed ? "noNext" : "noPlacement")}</p>;
  return (
    <ol className={styles.cards}>
      {decision.slots.map((slot, number) => (
        <Suggestion key={`${decision.decision_id} ${slot.action}`} decision={decision.decision_id} number={number} slot={slot} onLost={onLost} />
      ))}
    </ol>
  );
}

interface One {
  readonly decision: string;
  readonly number: number;
  readonly slot: Slot;
  readonly onLost: (error: unknown) => void;
}

type State = { readonly is: "open" | "failed" } | { readonly is: "sure" | "sending" | "told"; readonly outcome: OutcomeName };

function Suggestion({ decision, number, slot, onLost }: One) {
  const setting = useSetting();
  const { say } = setting;
  const [state, setState] = useState<State>({ is: "open" });
  useEffect(() => {
    if (state.is !== "sure") return;
    const timer = setTimeout(() => setState({ is: "open" }), FORGOTTEN);
    return () => clearTimeout(timer);
  }, [state]);
  const tap = (outcome: OutcomeName) => {
    if (state.is !== "sure" || state.outcome !== outcome) {
      setState({ is: "sure", outcome });
      return;
    }
    setState({ is: "sending", outcome });
    recordOutcome(decision, number, outcome, setting).then(
      () => setState({ is: "told", outcome }),
      (error: unknown) => {
        setState({ is: "failed" });
        onLost(error);
      },
    );
  };
  const text = slot.content as Readonly<Record<string, string | undefined>>;
  return (
    <li className={styles.card} data-told={state.is === "told" ? state.outcome : undefined}>
      <h3>
        {text.headline ?? text.text ?? slot.action}
        {slot.discount > 0 && <mark>{say("percentOff", { percent: slot.discount })}</mark>}
      </h3>
      {text.body && <p>{text.body}</p>}
      {slot.products && slot.products.length > 0 && <p>{slot.products.slice(0, 3).map((each) => plainly(each.name ?? each.sku)).join(", ")}</p>}
      <blockquote>{slot.because}</blockquote>
      {slot.personalised_price && <p className={styles.price}>{say("yourPrice")}</p>}
      {state.is === "told" ? (
        <p role="status" className={styles.told}>{say(state.outcome === "accepted" ? "tookIt" : "tookNot")}</p>
      ) : (
        <div className={styles.outcomes}>
          <Tap outcome="accepted" state={state} onTap={tap} />
          <Tap outcome="dismissed" state={state} onTap={tap} />
          {state.is === "failed" && <p role="alert">{say("notRecorded")}</p>}
        </div>
      )}
    </li>
  );
}

function Tap({ outcome, state, onTap }: { outcome: OutcomeName; state: State; onTap: (outcome: OutcomeName) => void }) {
  const { say } = useSetting();
  const yes = outcome === "accepted";
  const sure = state.is === "sure" && state.outcome === outcome;
  return (
    <button
      type="button" className="screen-button" data-quiet={!yes || undefined} data-sure={sure || undefined}
      disabled={state.is === "sending"} aria-live="polite" onClick={() => onTap(outcome)}
    >
      {say(sure ? (yes ? "sureTakes" : "sureNot") : yes ? "takes" : "not")}
    </button>
  );
}
