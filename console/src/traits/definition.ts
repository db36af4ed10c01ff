/** A trait as its form holds it, and as traits.yaml writes it. */
import type { RuleGroupType } from "react-querybuilder";
import { isWhole, toWhere } from "../segments/conditions";
import type { Definition } from "./data";

export const HOWS = ["count", "sum", "mean", "min", "max", "first", "last", "distinct", "most_frequent", "days_since_first", "days_since_last", "gap", "rate", "share", "ratio"] as const;
export type How = (typeof HOWS)[number];

export interface Draft {
  how: How;
  of: string;
  field: string;
  window: string;
  weight: string;
  by: string;
  per: string;
  above: string;
  below: string;
  /** Only events, or lines of products, for which this holds. */
  where: RuleGroupType | null;
}

export const START: Draft = { how: "count", of: "Order Completed", field: "", window: "90 days", weight: "", by: "", per: "30 days", above: "", below: "", where: null };

const OF_FIELD: readonly How[] = ["sum", "mean", "min", "max", "first", "last", "distinct", "most_frequent"];
const WEIGHTED: readonly How[] = ["count", "sum", "mean", "most_frequent", "share"];
const BY: readonly How[] = ["count", "sum", "mean", "min", "max", "share", "rate", "days_since_first", "days_since_last", "gap"];

/** Which parts go with what is computed. */
export function partsOf(how: How) {
  const ratio = how === "ratio";
  return { of: !ratio, field: OF_FIELD.includes(how), window: !ratio, weight: WEIGHTED.includes(how), by: BY.includes(how), per: how === "rate", ratio };
}

/** Null while something is missing. */
export function definitionOf(draft: Draft, title: string): Definition | null {
  const parts = partsOf(draft.how);
  const said = title === "" ? {} : { title };
  if (parts.ratio) return draft.above && draft.below ? { ratio: [draft.above, draft.below], ...said } : null;
  const where = draft.where !== null && draft.where.rules.length > 0 ? draft.where : null;
  if (where !== null && !isWhole(where)) return null;
  if (!draft.of.trim() || (parts.field && !draft.field.trim()) || (draft.how === "share" && !draft.by.trim() && where === null) || (draft.how === "rate" && !draft.window)) return null;
  return {
    ...(parts.field ? { [draft.how]: draft.field.trim(), of: draft.of.trim() } : { [draft.how]: draft.of.trim() }),
    ...(where === null ? {} : { where: toWhere(where) }),
    ...(draft.window ? { window: draft.window } : {}),
    ...(parts.per ? { per: draft.per } : {}),
    ...(parts.weight && draft.weight.trim() ? { weight: draft.weight.trim() } : {}),
    ...(parts.by && draft.by.trim() ? { by: draft.by.trim() } : {}),
    ...said,
  };
}

/** Which part of the form an error speaks of: the message begins with its place, `traits.NAME.window: …`. */
export function placeOf(message: string, name: string, draft: Draft): { part: keyof Draft | null; says: string } {
  const start = `traits.${name}.`;
  if (!message.startsWith(start)) return { part: null, says: message };
  const [place = "", ...rest] = message.slice(start.length).split(": ");
  const [key = ""] = place.split(".");
  const part = key === draft.how ? (partsOf(draft.how).field ? "field" : draft.how === "ratio" ? "above" : "of") : (["of", "window", "weight", "by", "per", "where"] as const).find((each) => each === key) ?? null;
  return { part, says: rest.join(": ") };
}
