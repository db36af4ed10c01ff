/** Days put together, and when there are enough to say something. Pure. */
import type { Day, Estimate, Policy } from "./data";

/** Decisions that were seen below which nothing can be told of policies. */
export const ENOUGH = 100;
/** Showings below which an action's figures are chance. */
export const FEW = 30;

export interface Sum {
  decisions: number;
  fallbacks: number;
  impressions: number;
  acceptances: number;
  value: number;
  /** Shares; null where there is nothing to divide by. */
  accepted: number | null;
  explored: number | null;
  fallback: number | null;
}

export function sumOf(days: readonly Day[]): Sum {
  const add = (of: (day: Day) => number) => days.reduce((sum, day) => sum + of(day), 0);
  const [decisions, fallbacks, impressions, acceptances] = [add((day) => day.decisions), add((day) => day.fallbacks), add((day) => day.impressions), add((day) => day.acceptances)];
  const explored = add((day) => (day.exploration ?? 0) * day.impressions);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    decisions, fallbacks, impressions, acceptances,
    value: add((day) => day.value),
    accepted: share(acceptances, impressions),
    explored: share(explored, impressions),
    fallback: share(fallbacks, decisions),
  };
}

/** Estimators in the order in which they are offered: what is believed first where the propensities are known. */
export const ESTIMATORS = ["dr", "sndr", "dros", "ips", "snips", "dm"] as const;

export function estimateOf(policy: Policy, estimator: string): Estimate | undefined {
  return policy.estimates.find((each) => each.estimator === estimator);
}

/** Estimators that every policy has. */
export function shared(policies: readonly Policy[]): string[] {
  return ESTIMATORS.filter((name) => policies.every((policy) => estimateOf(policy, name)));
}

export type Verdict = "better" | "worse" | "open";

/** Whether another policy would have been worth more than what was done; open while their intervals meet. */
export function verdictOf(logged: Estimate, other: Estimate): Verdict {
  if (other.low > logged.high) return "better";
  if (other.high < logged.low) return "worse";
  return "open";
}

export type Warned =
  | { key: "thin"; rows: string; worth: string }
  | { key: "heavy"; share: string }
  | { key: "astray"; mean: string }
  | { key: "other"; text: string };

/** A warning of the report, told apart so that each language can say it plainly. */
export function warnedOf(text: string): Warned {
  const thin = /^support is thin: ([\d,]+) rows are worth ([\d,]+) /.exec(text);
  if (thin) return { key: "thin", rows: plain(thin[1]!), worth: plain(thin[2]!) };
  const heavy = /^one row has (\d+)% of all weight/.exec(text);
  if (heavy) return { key: "heavy", share: heavy[1]! };
  const astray = /^weights average ([\d.]+), not 1/.exec(text);
  if (astray) return { key: "astray", mean: astray[1]! };
  return { key: "other", text };
}

function plain(number: string): string {
  return number.replaceAll(",", "");
}
