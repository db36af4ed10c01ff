/** A simulated till. Segue may help it to sell; it never keeps it from selling. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { NotSetUp, useOnline } from "../frame/Frame";
import { flush, tell, type Told } from "../frame/segue";
import { readScreen } from "../frame/settings";
import { languageOf } from "../frame/words";
import { readShop, type Shop } from "../goods/catalogue";
import { type Article, type Basket, EMPTY, type Line, scan, setQuantity, sum as total, take } from "./basket";
import { Belt } from "./Belt";
import { Coupons } from "./Coupons";
import { Customer } from "./Customer";
import { type Offer, opens, skuOf } from "./offers";
import { Offers } from "./Offers";
import { Pay, type ReceiptKind } from "./Pay";
import { orderNumber, receiptsKept, withReceipt } from "./receipts";
import { Returns } from "./Returns";
import { Scan } from "./Scan";
import { afterReturn, completed, newVisitor, type Receipt, receiptOf, receiptWanted, refunded, signedUp, type SignUp } from "./selling";
import { bySku } from "./shelf";
import styles from "./Till.module.css";
import { settingOf, TillContext, useTill } from "./till";
import { type Coupon, type Redeemed, useCoupons } from "./useCoupons";
import { useOffers } from "./useOffers";

const CURRENCY = "USD";
const AGAIN = 10_000;

const screen = readScreen("till");
document.documentElement.lang = languageOf(screen.locale);

export default function Till() {
  const [shop, setShop] = useState<Shop | null>(null);
  useEffect(() => {
    readShop().then(setShop, () => undefined); // without it cards and products are typed
    const timer = setInterval(() => void flush(screen), AGAIN);
    return () => clearInterval(timer);
  }, []);
  const setting = useMemo(() => settingOf(screen, shop?.currency ?? CURRENCY), [shop]);
  useEffect(() => {
    document.title = `${setting.say("title")} · Segue`;
  }, [setting]);
  if (screen.key === "" || screen.placement === "") return <NotSetUp />;
  return (
    <TillContext value={setting}>
      <Selling shop={shop} />
    </TillContext>
  );
}

type Open = "pay" | "returns" | null;

function Selling({ shop }: { shop: Shop | null }) {
  const { say, sum, currency, budget } = useTill();
  const online = useOnline();
  const [basket, setBasket] = useState<Basket>(EMPTY);
  const [who, setWho] = useState(newVisitor);
  const [email, setEmail] = useState("");
  const [receipts, setReceipts] = useState(receiptsKept);
  const [open, setOpen] = useState<Open>(null);
  const [joining, setJoining] = useState(false);
  const [wanted, setWanted] = useState<ReceiptKind>("paper");
  const [paid, setPaid] = useState<Receipt | null>(null);
  const next = useRef<HTMLButtonElement>(null);
  const offering = useOffers(screen, basket, who, budget, paid === null);
  const hers = useCoupons(screen, who, paid === null);
  const told = (...events: Told[]): void => void tell(screen, ...events);

  const signUp = (said: SignUp): void => {
    told(...signedUp(who, said));
    setWho({ ...who, card: said.card });
    setEmail(said.email);
  };
  const taking = (offer: Offer, sku: string | null, article: Article | null): void => {
    const { answer, decision, slot } = offer;
    offering.accept(offer);
    const headline = answer.content.headline || answer.content.body || answer.action;
    const taken = { decision_id: decision.decision_id, slot, action: answer.action, headline, percent: answer.discount, sku };
    setBasket((now) => take(now, taken, article));
  };
  const accept = async (offer: Offer): Promise<void> => {
    const sku = skuOf(offer.answer);
    const about = opens(offer.answer);
    if (about === "join") setJoining(true);
    if (about === "receipt") setWanted("email");
    taking(offer, sku, sku === null ? null : await bySku(sku, screen.store));
  };
  // what the catalogue does not know is scanned by hand afterwards
  const add = async (offer: Offer, sku: string): Promise<void> => taking(offer, sku, await bySku(sku, screen.store));
  const redeem = async (coupon: Coupon): Promise<Redeemed> => {
    const went = await hers.redeem(coupon);
    const { decision_id, slot, action, title, discount, sku } = coupon;
    if (went === "given") setBasket((now) => take(now, { decision_id, slot, action, headline: title, percent: discount, sku }, null));
    return went;
  };
  const pay = (kind: ReceiptKind, address: string): void => {
    const now = Date.now();
    const order = {
      order_id: orderNumber(screen.store, now), at: new Date(now).toISOString(), store: screen.store, currency, receipt: kind,
    }; // prettier-ignore
    told(...(kind === "email" ? receiptWanted(who, address, say("receiptWords")) : []), completed(basket, who, order));
    const receipt = receiptOf(basket, who, order);
    setReceipts((all) => withReceipt(all, receipt));
    setPaid(receipt);
    setOpen(null);
    offering.clear();
  };
  const refund = (receipt: Receipt, lines: readonly Line[]): void => {
    told(refunded(receipt, lines));
    setReceipts((all) => withReceipt(all, afterReturn(receipt, lines)));
  };
  const begin = (): void => {
    setBasket(EMPTY);
    setWho(newVisitor());
    setEmail("");
    setWanted("paper");
    setPaid(null);
    offering.clear();
  };
  const onQuantity = useCallback((sku: string, pieces: number) => setBasket((now) => setQuantity(now, sku, pieces)), []);

  useEffect(() => {
    if (paid) next.current?.focus();
  }, [paid]);

  return (
    <main className={styles.till}>
      <header className={styles.bar}>
        <h1>{say("title")}</h1>
        {screen.store && <span>{say("store", { store: screen.store })}</span>}
        <button type="button" className="screen-button" data-quiet onClick={() => setOpen("returns")}>
          {say("returns")}
        </button>
      </header>
      {!online && (
        <p className={styles.waiting} role="status">
          {say("waiting")}
        </p>
      )}
      {paid ? (
        <section className={styles.paid}>
          <h2>
            {say("paid")}: {sum(paid.total)}
          </h2>
          <p>{say("paidHow", { order: paid.order_id })}</p>
          <button ref={next} type="button" className="screen-button" onClick={begin}>
            {say("next")}
          </button>
        </section>
      ) : (
        <div className={styles.columns}>
          <Scan onScan={(article, pieces) => setBasket((now) => scan(now, article, pieces))} />
          <Belt basket={basket} onQuantity={onQuantity} onVoidAll={begin} onPay={() => setOpen("pay")} />
          <div className={styles.side}>
            <Customer
              card={who.card}
              known={shop?.customers ?? []}
              onCard={(card) => setWho({ ...who, card })}
              onSignUp={signUp}
              joining={joining}
              setJoining={setJoining}
            />
            <Coupons key={who.card} coupons={hers.coupons} lines={basket.lines} onRedeem={redeem} />
            <Offers
              offers={offering.offers.filter((offer) => !hers.coupons.some(({ action }) => action === offer.answer.action))}
              went={offering.went}
              onAccept={(offer) => void accept(offer)}
              onAdd={(offer, sku) => void add(offer, sku)}
              onDecline={offering.decline}
            />
          </div>
        </div>
      )}
      {open === "pay" && <Pay total={total(basket.lines)} email={email} wanted={wanted} onPaid={pay} onClose={() => setOpen(null)} />}
      {open === "returns" && <Returns receipts={receipts} onRefund={refund} onClose={() => setOpen(null)} />}
    </main>
  );
}
