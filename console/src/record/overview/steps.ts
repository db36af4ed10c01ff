/** A visit as a few steps, in the order in which shopping goes. */
import type { Session } from "../data";

export type StepName = "landing" | "pages" | "views" | "cart" | "checkout" | "order" | "exit";
export interface Step {
  name: StepName;
  /** How many: pages, products, pieces, orders. */
  count: number;
  /** Where: a path or title. */
  place?: string;
  /** It ended here, unfinished; or well. */
  mood?: "left" | "done";
}

/** The steps that a visit has; none is told twice. */
export function stepsOf(session: Session): Step[] {
  const { cart, checkout } = session;
  const left = cart.state === "abandoned";
  const found: (Step | false)[] = [
    session.landing !== null && { name: "landing", count: 1, place: session.landing },
    session.pages > 1 && { name: "pages", count: session.pages },
    session.product_views > 0 && { name: "views", count: session.product_views },
    (session.added_to_cart > 0 || cart.state !== "none") && { name: "cart", count: session.added_to_cart || cart.items, mood: left && checkout === "none" ? "left" : undefined },
    checkout !== "none" && { name: "checkout", count: Math.max(1, session.checkout_steps.length), mood: checkout === "abandoned" ? "left" : undefined },
    session.orders > 0 && { name: "order", count: session.orders, mood: "done" },
    session.exit !== null && session.exit !== session.landing && { name: "exit", count: 1, place: session.exit },
  ];
  return found.filter((step) => step !== false);
}
