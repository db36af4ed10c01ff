/** What she took up in the app or in the shop: a tap gives it to her, once. Nothing is shown where there is none. */
import { useState } from "react";
import type { Line } from "./basket";
import styles from "./Till.module.css";
import { useTill } from "./till";
import type { Coupon, Redeemed } from "./useCoupons";

interface Props {
  readonly coupons: readonly Coupon[];
  readonly lines: readonly Line[];
  readonly onRedeem: (coupon: Coupon) => Promise<Redeemed>;
}

export function Coupons({ coupons, lines, onRedeem }: Props) {
  const { say } = useTill();
  const [said, setSaid] = useState<Exclude<Redeemed, "given"> | null>(null);
  if (coupons.length === 0 && said === null) return null;
  const redeem = async (coupon: Coupon): Promise<void> => {
    const went = await onRedeem(coupon);
    setSaid(went === "given" ? null : went);
  };
  return (
    <section className={styles.offers} aria-label={say("coupons")}>
      <h2>{say("coupons")}</h2>
      {said !== null && <p role="alert">{say(said === "had" ? "couponHad" : "couponAway")}</p>}
      <ul>
        {coupons.map((coupon) => (
          <One key={coupon.decision_id} coupon={coupon} scanned={coupon.sku === null || lines.some((line) => line.sku === coupon.sku)} onRedeem={redeem} />
        ))}
      </ul>
    </section>
  );
}

/** One that is off a product is redeemed once that is on the belt: what is given for nothing would be lost. */
function One({ coupon, scanned, onRedeem }: { coupon: Coupon; scanned: boolean; onRedeem: (coupon: Coupon) => Promise<void> }) {
  const { say, screen } = useTill();
  const [busy, setBusy] = useState(false);
  const redeem = (): void => {
    setBusy(true);
    void onRedeem(coupon).finally(() => setBusy(false));
  };
  return (
    <li className={styles.offer} data-coupon={coupon.action}>
      <p className={styles.headline}>
        {coupon.title} {coupon.discount > 0 && <mark>{say("percent", { percent: coupon.discount })}</mark>}
      </p>
      {coupon.until !== null && <small>{say("couponUntil", { day: dayOf(coupon.until, screen.locale) })}</small>}
      {!scanned && <small>{say("couponScan", { sku: coupon.sku ?? "" })}</small>}
      <div className={styles.buttons}>
        <button type="button" className="screen-button" disabled={!scanned || busy} onClick={redeem}>
          {say("redeem")}
        </button>
      </div>
    </li>
  );
}

function dayOf(day: string, locale: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  try {
    return new Intl.DateTimeFormat(locale || undefined, { dateStyle: "medium", timeZone: "UTC" }).format(date);
  } catch {
    return day;
  }
}
