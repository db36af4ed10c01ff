/** What is shown: tiles large enough for any finger, each with more behind it. */
import { useEffect, useRef, useState } from "react";
import type { Decision, Slot } from "../frame/segue";
import { Picture } from "../goods/Picture";
import { plainly } from "../goods/names";
import styles from "./Kiosk.module.css";
import { useSetting } from "./setting";
import { tellOutcome } from "./telling";

/** Milliseconds until a tile counts as seen. */
const SEEN = 1_000;

export function Tiles({ decision, visit }: { decision: Decision; visit: string }) {
  const { say, screen } = useSetting();
  const [open, setOpen] = useState<number | null>(null);
  const [gone, setGone] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => {
    const timer = setTimeout(() => {
      decision.slots.forEach((_, number) => tellOutcome(screen, visit, "Action Shown", decision, number));
    }, SEEN);
    return () => clearTimeout(timer);
  }, [screen, visit, decision]);
  const look = (number: number) => {
    setOpen(number);
    tellOutcome(screen, visit, "Action Clicked", decision, number);
  };
  const dismiss = (number: number) => {
    setOpen(null);
    setGone(new Set([...gone, number]));
    tellOutcome(screen, visit, "Action Dismissed", decision, number);
  };
  const slot = open === null ? null : decision.slots[open];
  return (
    <>
      <ul className={styles.tiles}>
        {decision.slots.map((each, number) =>
          gone.has(number) ? null : (
            <li key={`${each.action} ${number}`}>
              <button type="button" onClick={() => look(number)}>
                <TilePicture slot={each} />
                <span>
                  <strong>{titleOf(each)}{each.discount > 0 && <Off percent={each.discount} />}</strong>
                  {each.content.body && <span>{each.content.body}</span>}
                  {/* its own call is a web page's: what a touch does here is to say more */}
                  <em>{say("more")}</em>
                </span>
              </button>
            </li>
          ),
        )}
      </ul>
      {slot && open !== null && <Detail slot={slot} onClose={() => setOpen(null)} onDismiss={() => dismiss(open)} />}
    </>
  );
}

const titleOf = ({ content, action }: Slot): string => content.headline ?? content.text ?? action;

function TilePicture({ slot }: { slot: Slot }) {
  return <div className={styles.picture}><Picture large product={{ name: titleOf(slot), category: slot.kind, image: slot.content.image ?? null }} /></div>;
}

function Off({ percent }: { percent: number }) {
  const { say } = useSetting();
  return <mark>{say("percentOff", { percent })}</mark>;
}

function Detail({ slot, onClose, onDismiss }: { slot: Slot; onClose: () => void; onDismiss: () => void }) {
  const { say } = useSetting();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className={styles.detail} aria-labelledby="detail" onCancel={onClose}>
      <TilePicture slot={slot} />
      <h2 id="detail">{titleOf(slot)}{slot.discount > 0 && <Off percent={slot.discount} />}</h2>
      {slot.content.body && <p>{slot.content.body}</p>}
      {slot.products && slot.products.length > 0 && (
        <ul className={styles.products}>
          {slot.products.slice(0, 6).map((product) => <li key={product.sku}>{plainly(product.name ?? product.sku)}</li>)}
        </ul>
      )}
      <p className={styles.because}>{say("because", { because: slot.because })}</p>
      {slot.personalised_price && <p className={styles.because}>{say("yourPrice")}</p>}
      <div className={styles.pair}>
        <button type="button" className={styles.go} onClick={onClose}>{say("close")}</button>
        <button type="button" className={styles.quiet} onClick={onDismiss}>{say("notForMe")}</button>
      </div>
    </dialog>
  );
}
