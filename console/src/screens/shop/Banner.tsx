/** May the shop remember? Nothing is ticked for her, a no is as near as a yes, and it can be asked for again. */
import { useId, useState } from "react";
import type { Purposes } from "./sdk";
import styles from "./Shop.module.css";
import { useShop } from "./shop";

export function Banner({ said, onSaid }: { said: Purposes | null; onSaid: (purposes: Purposes) => void }) {
  const { say } = useShop();
  const heading = useId();
  const [chosen, setChosen] = useState({ personalisation: said?.personalisation === true, marketing: said?.marketing === true });
  return (
    <section className={styles.banner} aria-labelledby={heading} data-segue-ignore="">
      <div>
        <h2 id={heading}>{say("consentTitle")}</h2>
        <p>{say("consentText")}</p>
        <p className={styles.ticks}>
          {(["personalisation", "marketing"] as const).map((purpose) => (
            <label key={purpose}>
              <input
                type="checkbox"
                checked={chosen[purpose]}
                onChange={(event) => setChosen({ ...chosen, [purpose]: event.target.checked })}
              />
              {say(purpose)}
            </label>
          ))}
        </p>
      </div>
      <p className={styles.answers}>
        <button type="button" className="screen-button" data-quiet onClick={() => onSaid({ personalisation: false, marketing: false })}>
          {say("consentNone")}
        </button>
        {(chosen.personalisation || chosen.marketing) && (
          <button type="button" className="screen-button" data-quiet onClick={() => onSaid(chosen)}>
            {say("consentChosen")}
          </button>
        )}
        <button type="button" className="screen-button" onClick={() => onSaid({ personalisation: true, marketing: true })}>
          {say("consentAll")}
        </button>
      </p>
    </section>
  );
}
