/** Paying: how the receipt goes out, and the words by which she agrees that it comes by e-mail. */
import { type FormEvent, useState } from "react";
import { Dialog } from "./Dialog";
import styles from "./Till.module.css";
import { useTill } from "./till";

export type ReceiptKind = "paper" | "email" | "none";

interface Props {
  readonly total: number;
  readonly email: string;
  /** how she wants it, as far as she has said */
  readonly wanted: ReceiptKind;
  readonly onPaid: (receipt: ReceiptKind, email: string) => void;
  readonly onClose: () => void;
}

export function Pay({ total, email: known, wanted, onPaid, onClose }: Props) {
  const { say, sum } = useTill();
  const [receipt, setReceipt] = useState<ReceiptKind>(wanted);
  const [email, setEmail] = useState(known);
  const pay = (event: FormEvent): void => {
    event.preventDefault();
    onPaid(receipt, receipt === "email" ? email.trim() : "");
  };
  return (
    <Dialog title={say("payTitle", { sum: sum(total) })} onClose={onClose}>
      <form className={styles.form} onSubmit={pay}>
        <fieldset>
          <legend>{say("receipt")}</legend>
          {(["paper", "email", "none"] as const).map((kind) => (
            <label key={kind} className={styles.tick}>
              <input type="radio" name="receipt" checked={receipt === kind} onChange={() => setReceipt(kind)} />
              {say(kind === "email" ? "byEmail" : kind)}
            </label>
          ))}
        </fieldset>
        {receipt === "email" && (
          <>
            <label>
              {say("emailNeeded")}
              <input type="email" value={email} onChange={(event) => setEmail(event.target.value)} required maxLength={200} autoComplete="off" />
            </label>
            <p className={styles.note}>{say("receiptWords")}</p>
          </>
        )}
        <div className={styles.buttons}>
          <button type="button" className="screen-button" data-quiet onClick={onClose}>
            {say("cancel")}
          </button>
          <button type="submit" className="screen-button">
            {say("cash")}
          </button>
          <button type="submit" className="screen-button">
            {say("cardPay")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
