/** What comes back: some pieces of a receipt of this till, or all of it. */
import { useState } from "react";
import { plainly } from "../goods/names";
import { type Line, sum as total } from "./basket";
import { Dialog } from "./Dialog";
import { left, type Receipt, returning } from "./selling";
import styles from "./Till.module.css";
import { useTill } from "./till";

interface Props {
  /** newest first */
  readonly receipts: readonly Receipt[];
  readonly onRefund: (receipt: Receipt, lines: readonly Line[]) => void;
  readonly onClose: () => void;
}

export function Returns({ receipts, onRefund, onClose }: Props) {
  const { say, sum } = useTill();
  const [chosen, setChosen] = useState(receipts[0]?.order_id ?? "");
  const [asked, setAsked] = useState<Readonly<Record<string, number>>>({});
  const [given, setGiven] = useState<number | null>(null);
  const receipt = receipts.find((one) => one.order_id === chosen);
  const back = receipt ? returning(receipt, asked) : [];
  const rest = receipt ? returning(receipt, Object.fromEntries(receipt.lines.map((line) => [line.sku, line.quantity]))) : [];
  const refund = (lines: readonly Line[]): void => {
    if (!receipt || lines.length === 0) return;
    onRefund(receipt, lines);
    setGiven(total(lines));
    setAsked({});
  };
  return (
    <Dialog title={say("returnsTitle")} onClose={onClose}>
      {receipts.length === 0 ? (
        <p className={styles.note}>{say("returnsNone")}</p>
      ) : (
        <div className={styles.form}>
          <label>
            {say("receipt")}
            <select
              value={chosen}
              onChange={(event) => {
                setChosen(event.target.value);
                setAsked({});
                setGiven(null);
              }}
            >
              {receipts.map((one) => (
                <option key={one.order_id} value={one.order_id}>
                  {one.order_id} · {sum(one.total)}
                </option>
              ))}
            </select>
          </label>
          <ul className={styles.back}>
            {receipt?.lines.map((line) => {
              const name = plainly(line.name);
              const open = left(receipt, line);
              return (
                <li key={line.sku}>
                  <span>{name}</span>
                  <input
                    type="number"
                    min={0}
                    max={open}
                    disabled={open === 0}
                    aria-label={say("returnPieces", { name })}
                    value={asked[line.sku] ?? 0}
                    onChange={(event) => setAsked({ ...asked, [line.sku]: Number(event.target.value) })}
                  />
                  <small>{say("of", { count: open })}</small>
                </li>
              );
            })}
          </ul>
          <p role="status" className={styles.note}>
            {given === null ? "" : say("refunded", { sum: sum(given) })}
          </p>
          <div className={styles.buttons}>
            <button type="button" className="screen-button" disabled={back.length === 0} onClick={() => refund(back)}>
              {say("refund", { sum: sum(total(back)) })}
            </button>
            <button type="button" className="screen-button" data-quiet disabled={rest.length === 0} onClick={() => refund(rest)}>
              {say("voidReceipt")}
            </button>
          </div>
        </div>
      )}
      <div className={styles.buttons}>
        <button type="button" className="screen-button" data-quiet onClick={onClose}>
          {say("close")}
        </button>
      </div>
    </Dialog>
  );
}
