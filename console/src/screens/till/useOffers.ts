/** Asks what to offer whenever the belt or the card has changed; answers in time, or not at all. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ask, outcome, type OutcomeName, tell } from "../frame/segue";
import type { Screen } from "../frame/settings";
import { type Basket, grew } from "./basket";
import { asked, keyOf, type Offer, shownAfter } from "./offers";
import { as, identifiers, type Who } from "./selling";

/** Changes that follow one another this quickly are asked about once. */
const SETTLED = 120;

/** How the last question went: milliseconds, late, or not asked. */
export type Went = { readonly ms: number } | "late" | null;

export interface Offering {
  readonly offers: readonly Offer[];
  readonly went: Went;
  /** she said no */
  readonly decline: (offer: Offer) => void;
  /** she has taken it: it is told, and shown no more */
  readonly accept: (offer: Offer) => void;
  /** the next customer */
  readonly clear: () => void;
}

export function useOffers(screen: Screen, basket: Basket, who: Who, budget: number, asking: boolean): Offering {
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  const [went, setWent] = useState<Went>(null);
  const [declined, setDeclined] = useState<ReadonlySet<string>>(new Set());
  const round = useRef(0);
  const before = useRef(basket);
  const latest = useRef({ declined, told: new Set<string>() });
  latest.current.declined = declined;

  useEffect(() => {
    const mine = ++round.current;
    const still = grew(before.current, basket);
    before.current = basket;
    if (!still) setOffers([]);
    if (!asking || (basket.lines.length === 0 && who.card === null)) {
      setWent(null);
      return;
    }
    const timer = setTimeout(async () => {
      const begun = performance.now();
      const question = { identifiers: identifiers(who), context: { basket: asked(basket) } };
      const answer = await ask(screen, question, budget).catch(() => null);
      if (mine !== round.current) return; // the belt has changed since: another question is on its way
      setWent(answer ? { ms: Math.round(performance.now() - begun) } : "late");
      if (answer) setOffers((shown) => shownAfter(answer, shown, basket, latest.current.declined));
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [screen, basket, who, budget, asking]);

  const say = useCallback(
    (name: OutcomeName, { decision, slot }: Offer) =>
      void tell(screen, as(who, outcome(name, decision, slot, { placement: screen.placement }))),
    [screen, who],
  );

  useEffect(() => {
    for (const offer of offers) {
      if (latest.current.told.has(keyOf(offer))) continue;
      latest.current.told.add(keyOf(offer));
      say("Action Shown", offer);
    }
  }, [offers, say]);

  const without = (offer: Offer): void => setOffers((shown) => shown.filter((one) => one.answer.action !== offer.answer.action));
  return {
    offers,
    went,
    decline: (offer) => {
      say("Action Dismissed", offer);
      setDeclined((all) => new Set(all).add(offer.answer.action));
      without(offer);
    },
    accept: (offer) => {
      say("Action Accepted", offer);
      without(offer);
    },
    clear: () => {
      round.current++;
      setOffers([]);
      setDeclined(new Set());
      setWent(null);
    },
  };
}
