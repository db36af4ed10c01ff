/** The lines on the belt, and what they come to. */
import { plainly } from "../goods/names";
import { type Basket, type Line, pieces, saved, sum as total, unit } from "./basket";
import styles from "./Till.module.css";
import { useTill } from "./till";

interface Props {
  readonly basket: Basket;
  readonly onQuantity: (sku: string, pieces: number) => void;
  readonly onVoidAll: () => void;
  readonly onPay: () => void;
}

export function Belt({ basket, onQuantity, onVoidAll, onPay }: Props) {
  const { say, sum } = useTill();
  const { lines } = basket;
  const off = saved(lines);
  return (
    <section className={styles.belt} aria-label={say("belt")}>
      <header>
        <h2>{say("belt")}</h2>
        {lines.length > 0 && (
          <button type="button" className={styles.link} onClick={onVoidAll}>
            {say("voidAll")}
          </button>
        )}
      </header>
      {lines.length === 0 ? <p className={styles.empty}>{say("empty")}</p> : null}
      <ul className={styles.lines}>
        {lines.map((line) => (
          <BeltLine key={line.sku} line={line} onQuantity={onQuantity} />
        ))}
      </ul>
      {basket.taken.length > 0 && (
        <div className={styles.taken}>
          <h3>{say("taken")}</h3>
          <ul>
            {basket.taken.map((one) => (
              <li key={one.action}>
                {one.headline}
                {one.percent > 0 ? ` (${say("percent", { percent: one.percent })})` : ""}
              </li>
            ))}
          </ul>
        </div>
      )}
      <dl className={styles.sums} aria-live="polite">
        {off > 0 && (
          <div data-saved>
            <dt>{say("saved")}</dt>
            <dd>{sum(off)}</dd>
          </div>
        )}
        <div data-total>
          <dt>
            {say("total")} <small>{say("pieces", { count: pieces(lines) })}</small>
          </dt>
          <dd>{sum(total(lines))}</dd>
        </div>
      </dl>
      <button type="button" className={`screen-button ${styles.pay}`} disabled={lines.length === 0} onClick={onPay}>
        {say("pay", { sum: sum(total(lines)) })}
      </button>
    </section>
  );
}

function BeltLine({ line, onQuantity }: { line: Line; onQuantity: Props["onQuantity"] }) {
  const { say, sum } = useTill();
  const name = plainly(line.name);
  return (
    <li className={styles.line} data-sku={line.sku}>
      <div className={styles.lineName}>
        <strong>{name}</strong>
        <small>
          {line.percent > 0 && <s>{sum(line.price)}</s>} {sum(unit(line))}
          {line.percent > 0 && <mark>{say("percent", { percent: line.percent })}</mark>}
        </small>
      </div>
      <div className={styles.stepper}>
        <button type="button" aria-label={say("fewer", { name })} onClick={() => onQuantity(line.sku, line.quantity - 1)}>
          −
        </button>
        <input
          aria-label={say("quantity", { name })}
          inputMode="numeric"
          value={line.quantity}
          onChange={(event) => {
            const pieces = Number(event.target.value);
            if (Number.isInteger(pieces) && pieces > 0) onQuantity(line.sku, pieces);
          }}
        />
        <button type="button" aria-label={say("more", { name })} onClick={() => onQuantity(line.sku, line.quantity + 1)}>
          +
        </button>
      </div>
      <span className={styles.lineSum}>{sum(unit(line) * line.quantity)}</span>
      <button type="button" className={styles.voidLine} aria-label={say("void", { name })} onClick={() => onQuantity(line.sku, 0)}>
        ×
      </button>
    </li>
  );
}
