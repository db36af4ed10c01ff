/** Predictions as the record holds them, in the order in which they are read. */

export interface Prediction {
  value: number;
  low: number;
  high: number;
  /** name@version */
  model: string;
  label?: string | null;
  reasons?: string[] | null;
  at?: string | null;
}

export interface Named extends Prediction {
  name: string;
}

export type Unit = "share" | "days" | "money";

/** What a figure is counted in, by the name of its prediction. */
export function unitOf(name: string): Unit {
  if (/^(spend|ltv)/.test(name) || name.includes("value")) return "money";
  return name.startsWith("next_visit") ? "days" : "share";
}

/** In groups: what she will do, who she may be, what she cares for; the surest first. */
export function grouped(predictions: Record<string, unknown>): { likely: Named[]; profile: Named[]; axes: Named[] } {
  const all = Object.entries(predictions).map(([name, said]) => ({ name, ...(said as Prediction) }));
  const isAxis = ({ name }: Named) => name.startsWith(AXIS);
  const profile = all.filter((each) => each.name.startsWith("profile.") && !isAxis(each));
  const axes = all.filter(isAxis).sort((one, other) => other.value - one.value);
  const likely = all.filter(({ name }) => !name.startsWith("profile."));
  return { likely: likely.sort((one, other) => rank(one.name) - rank(other.name) || one.name.localeCompare(other.name)), profile, axes };
}

const ORDER = ["buys_7d", "buys_14d", "buys_30d", "churn", "next_visit", "spend", "ltv", "value"];

const AXIS = "profile.axis_";

export interface Reason {
  what: string;
  /** Whether it speaks for what is predicted, or against it; null: it only says what is known. */
  speaks: "for" | "against" | null;
}

/** A reason without the words that say which way it points: those are drawn. */
export function reasonOf(text: string): Reason {
  const [, what, speaks] = /^(.*); speaks (for|against) .+$/.exec(text) ?? [];
  return what === undefined ? { what: text, speaks: null } : { what, speaks: speaks as "for" };
}

function rank(name: string): number {
  const [base = name] = name.split(".");
  const at = ORDER.findIndex((each) => base === each || base.startsWith(`${each}_`));
  return at < 0 ? ORDER.length : at;
}
