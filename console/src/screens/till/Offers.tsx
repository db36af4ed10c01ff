/** What Segue offers at this moment. Without an answer in time there is nothing here, and the till goes on. */
import { plainly } from "../goods/names";
import { keyOf, type Offer } from "./offers";
import styles from "./Till.module.css";
import { useTill } from "./till";
import type { Went } from "./useOffers";

interface Props {
  readonly offers: readonly Offer[];
  readonly went: Went;
  readonly onAccept: (offer: Offer) => void;
  readonly onAdd: (offer: Offer, sku: string) => void;
  readonly onDecline: (offer: Offer) => void;
}

export function Offers({ offers, went, onAccept, onAdd, onDecline }: Props) {
  const { say, budget } = useTill();
  return (
    <section className={styles.offers} aria-label={say("offers")}>
      <header>
        <h2>{say("offers")}</h2>
        {went !== null && (
          <small data-went={went === "late" ? "late" : "answered"}>
            {went === "late" ? say("late", { ms: budget }) : say("answered", { ms: went.ms })}
          </small>
        )}
      </header>
      {offers.length === 0 && <p className={styles.empty}>{say(went === null ? "offersStart" : "offersNone")}</p>}
      <ul aria-live="polite">
        {offers.map((offer) => (
          <OneOffer key={keyOf(offer)} offer={offer} onAccept={onAccept} onAdd={onAdd} onDecline={onDecline} />
        ))}
      </ul>
    </section>
  );
}

function OneOffer({ offer, onAccept, onAdd, onDecline }: Omit<Props, "offers" | "went"> & { offer: Offer }) {
  const { say } = useTill();
  const { answer } = offer;
  const products = answer.kind === "recommendation" ? (answer.products ?? []).slice(0, 3) : [];
  const headline = answer.content.headline || answer.content.body || answer.action;
  return (
    <li className={styles.offer} data-action={answer.action} data-kind={answer.kind}>
      <p className={styles.headline}>
        {headline}
        {answer.discount > 0 && !headline.includes(String(answer.discount)) && <mark>{say("percent", { percent: answer.discount })}</mark>}
      </p>
      {answer.content.headline && answer.content.body && !answer.because ? <p>{answer.content.body}</p> : null}
      {answer.personalised_price && <small>{say("personal")}</small>}
      {answer.because && (
        <p className={styles.because}>
          <small>{say("say")}</small> “{answer.because}”
        </p>
      )}
      <div className={styles.buttons}>
        {products.map((product) => {
          const name = plainly(product.name ?? product.sku);
          return (
            <button key={product.sku} type="button" className="screen-button" onClick={() => onAdd(offer, product.sku)}>
              {say("addThis")}: {name}
            </button>
          );
        })}
        {products.length === 0 && (
          <button type="button" className="screen-button" onClick={() => onAccept(offer)}>
            {answer.content.cta || say("accept")}
          </button>
        )}
        <button type="button" className="screen-button" data-quiet onClick={() => onDecline(offer)}>
          {say("decline")}
        </button>
      </div>
    </li>
  );
}
