/** Beside the shop: what Segue knows of who is in it, as it grows, and each decision with what fell out where. */
import { useEffect, useState } from "react";
import { words } from "../../frame/words";
import { browserId } from "../sdk";
import { type Decided, type Happened, type Known, type Person, readKnown, readSession, type Session } from "./known";
import styles from "./Live.module.css";
import { LIVE } from "./texts";

type Say = ReturnType<typeof words<(typeof LIVE)["en"]>>;

const EVERY = 1_500;

interface Props {
  readonly locale: string;
  /** who has logged in to the shop */
  readonly userId: string | null;
  /** whether the shop may remember her */
  readonly agreed: boolean;
}

export function Live({ locale, userId, agreed }: Props) {
  const say = words(LIVE, locale);
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const [known, setKnown] = useState<Known>({ person: null, events: [], decisions: [] });
  useEffect(() => {
    const look = (): void => void readSession().then(setSession);
    look();
    addEventListener("focus", look); // back from signing in, perhaps
    return () => removeEventListener("focus", look);
  }, []);

  useEffect(() => {
    if (!session) return;
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const round = async (): Promise<void> => {
      const device = browserId();
      const names = [...(userId ? [`user_id:${userId}`] : []), ...(device ? [`anonymous_id:${device}`] : [])];
      if (document.visibilityState === "visible") {
        const now = await readKnown(names, session);
        if (!gone) setKnown((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
      }
      if (!gone) timer = setTimeout(() => void round(), EVERY);
    };
    void round();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [session, userId]);

  if (session === undefined) return null;
  if (session === null) {
    return (
      <div className={styles.live}>
        <p>{say("signInText")}</p>
        <p>
          <a href="/console/sign-in" target="_blank" rel="noreferrer">
            {say("signIn")}
          </a>
        </p>
      </div>
    );
  }
  const { person, events, decisions } = known;
  return (
    <div className={styles.live}>
      {person ? <Who person={person} say={say} /> : <p className={styles.nobody}>{say(agreed ? "waiting" : "noConsent")}</p>}
      {session.acts.includes("decisions") && <Decisions decisions={decisions} say={say} locale={locale} />}
      {events.length > 0 && <Events events={events} say={say} locale={locale} />}
      {person && <What person={person} say={say} />}
    </div>
  );
}

const MOST_NAMES = 7;
const BEST = ["user_id", "loyalty_card", "email"];

/** What says most of who she is comes first, browsers last. */
function telling({ identifiers }: Person): Person["identifiers"] {
  const rank = ({ kind }: { kind: string }): number => (BEST.includes(kind) ? BEST.indexOf(kind) : kind.startsWith("anonymous") ? 9 : 5);
  return [...identifiers].sort((one, other) => rank(one) - rank(other));
}

function Who({ person, say }: { person: Person; say: Say }) {
  const visit = person.sessions.recent.find((one) => one.active) ?? person.sessions.recent[0];
  const consent = Object.entries(person.consent).flatMap(([purpose, channels]) => {
    const states = Object.values(channels).map((one) => one.state);
    return states.length ? [[purpose, states.includes("granted")] as const] : [];
  });
  return (
    <section>
      <h3>
        {say("person")}{" "}
        <a href={`/console/customers/${person.person_id}`} target="_blank" rel="noreferrer">
          {say("open")}
        </a>
      </h3>
      <ul className={styles.chips} aria-label={say("knownBy")}>
        {telling(person).slice(0, MOST_NAMES).map((one) => (
          <li key={`${one.kind}:${one.value}`} data-tier={one.tier} title={`${one.kind}: ${one.value}`}>
            <small>{one.kind}</small> {one.value.length > 22 ? `${one.value.slice(0, 20)}…` : one.value}
          </li>
        ))}
        {person.identifiers.length > MOST_NAMES && <li>+{person.identifiers.length - MOST_NAMES}</li>}
      </ul>
      <dl className={styles.facts}>
        {consent.length > 0 && (
          <div>
            <dt>{say("consent")}</dt>
            <dd>
              {consent.map(([purpose, yes]) => (
                <span key={purpose} className={styles.word} data-yes={yes}>
                  {purpose}: {say(yes ? "yes" : "no")}
                </span>
              ))}
            </dd>
          </div>
        )}
        {visit && (
          <div>
            <dt>{say("session")}</dt>
            <dd>
              {visit.pages} {say("pages")}, {visit.events} {say("events")}, {visit.product_views} {say("views")}
              {visit.cart.state !== "none" && `, ${say("cart")}: ${visit.cart.items}${visit.cart.value ? ` (${visit.cart.value})` : ""}`}
              {visit.intent && `, ${say("willBuy")}: ${Math.round(visit.intent.will_buy * 100)} %`}
            </dd>
          </div>
        )}
        <div>
          <dt>{say("orders")}</dt>
          <dd>
            {person.orders.count}
            {person.orders.count > 0 && ` · ${person.orders.revenue} ${person.orders.currency ?? ""}`}
          </dd>
        </div>
        <div>
          <dt>{say("segments")}</dt>
          <dd>{person.segments.length > 0 ? person.segments.slice(0, 8).join(", ") : say("none")}</dd>
        </div>
      </dl>
    </section>
  );
}

function What({ person, say }: { person: Person; say: Say }) {
  const plain = (value: unknown): string =>
    typeof value === "number" ? String(Math.round(value * 100) / 100) : Array.isArray(value) ? value.slice(0, 3).map(String).join(", ") : String(value);
  const traits = Object.entries(person.traits).filter(([, value]) => value !== null && typeof value !== "object");
  const attributes = Object.entries(person.attributes).map(([name, one]) => [name, one.value] as const);
  return (
    <>
      {attributes.length > 0 && <Table title={say("attributes")} rows={attributes.slice(0, 8).map(([name, value]) => [name, plain(value)])} />}
      {traits.length > 0 && <Table title={say("traits")} rows={traits.slice(0, 14).map(([name, value]) => [name, plain(value)])} />}
    </>
  );
}

function Table({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className={styles.pairs}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function timeOf(at: string, locale: string): string {
  return new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

const ABOUT = ["name", "query", "action", "category", "path", "text", "order_id"];

function Events({ events, say, locale }: { events: readonly Happened[]; say: Say; locale: string }) {
  const about = ({ properties }: Happened): string => {
    const found = ABOUT.map((name) => properties?.[name]).find((value) => typeof value === "string" && value !== "");
    return typeof found === "string" ? found : "";
  };
  return (
    <section>
      <h3>{say("happened")}</h3>
      <ol className={styles.events}>
        {events.map((one, at) => (
          <li key={one.message_id ?? `${one.timestamp}${at}`}>
            <time dateTime={one.timestamp}>{timeOf(one.timestamp, locale)}</time>
            <span>
              <strong>{one.event || one.type}</strong> {about(one)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Decisions({ decisions, say, locale }: { decisions: readonly Decided[]; say: Say; locale: string }) {
  return (
    <section>
      <h3>{say("decisions")}</h3>
      {decisions.length === 0 && <p>{say("decisionsNone")}</p>}
      <ol className={styles.decisions}>
        {decisions.map((one) => (
          <OneDecision key={one.decision_id} one={one} say={say} locale={locale} />
        ))}
      </ol>
    </section>
  );
}

function OneDecision({ one, say, locale }: { one: Decided; say: Say; locale: string }) {
  const fell = (one.funnel ?? []).filter((stage) => stage.dropped > 0);
  const left = one.considered - fell.reduce((all, stage) => all + stage.dropped, 0);
  return (
    <li data-decision={one.decision_id}>
      <p className={styles.decisionHead}>
        <a href={`/console/decisions/${one.decision_id}`} target="_blank" rel="noreferrer" title={say("more")}>
          {one.placement}
        </a>
        <time dateTime={one.at}>{timeOf(one.at, locale)}</time>
        <small>{one.took_ms.toFixed(1)} ms</small>
      </p>
      {one.slots.map((slot, at) => (
        <p key={at} className={styles.chosen}>
          <strong>{slot.action}</strong>
          {slot.discount > 0 && <span>−{slot.discount} %</span>}
          <small>{say("probability", { p: slot.propensity.toFixed(2) })}</small>
          <span className={styles.outcome} data-outcome={slot.outcome}>
            {slot.outcome}
          </span>
          {one.fallback && <span className={styles.outcome}>{say("fallback")}</span>}
        </p>
      ))}
      {one.funnel && (
        <p className={styles.funnel}>
          <span>
            {one.considered} {say("considered")}
          </span>
          {fell.map((stage) => (
            <span key={stage.stage} data-stage={stage.stage}>
              −{stage.dropped} {stage.stage}
            </span>
          ))}
          <span data-left>
            {left} {say("left")}
          </span>
        </p>
      )}
    </li>
  );
}
