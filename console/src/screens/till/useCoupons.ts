/** What she took up elsewhere and has not had: read when her card is there, given to her once. */
import { useCallback, useEffect, useRef, useState } from "react";
import { post, Refused, tell } from "../frame/segue";
import type { Screen } from "../frame/settings";
import { as, identifiers, type Who } from "./selling";

export interface Coupon {
  readonly decision_id: string;
  readonly slot: number;
  readonly action: string;
  readonly title: string;
  /** percent, as she was promised */
  readonly discount: number;
  /** null: off no product in particular */
  readonly sku: string | null;
  /** the last day, ISO 8601; null: as long as there is that offer */
  readonly until: string | null;
}

/** How redeeming went: hers now, had before (or over), or nobody answered. */
export type Redeemed = "given" | "had" | "away";

export interface Hers {
  readonly coupons: readonly Coupon[];
  readonly redeem: (coupon: Coupon) => Promise<Redeemed>;
}

const PATIENCE = 5_000;
const NONE: readonly Coupon[] = [];

export function useCoupons(screen: Screen, who: Who, asking: boolean): Hers {
  const [coupons, setCoupons] = useState(NONE);
  const round = useRef(0);

  useEffect(() => {
    const mine = ++round.current;
    setCoupons(NONE);
    if (who.card === null || !asking) return;
    post("/api/v1/coupons", screen.key, { identifiers: identifiers(who) }, PATIENCE)
      .then((said) => {
        if (mine === round.current) setCoupons((said as { coupons: Coupon[] }).coupons);
      })
      .catch(() => undefined); // without an answer she has none to see; the till goes on
  }, [screen, who, asking]);

  const redeem = useCallback(
    async (coupon: Coupon): Promise<Redeemed> => {
      const { decision_id, slot, action } = coupon;
      const drop = () => setCoupons((all) => all.filter((one) => one.action !== action));
      try {
        await post("/api/v1/coupons/redeem", screen.key, { identifiers: identifiers(who), decision_id, slot }, PATIENCE);
      } catch (error) {
        if (!(error instanceof Refused) || (error.status !== 409 && error.status !== 404)) return "away";
        drop();
        return "had";
      }
      drop();
      const properties = { decision_id, slot, action, placement: screen.placement };
      void tell(screen, as(who, { type: "track", event: "Action Redeemed", properties }));
      return "given";
    },
    [screen, who],
  );
  return { coupons, redeem };
}
