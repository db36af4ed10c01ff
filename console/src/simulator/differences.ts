/** Two answers beside one another: what is otherwise. Pure. */
import type { Dropped, Scored, Slot } from "../decisions/data";

export interface Answered {
  slots: Slot[];
  fallback: boolean;
  explanation?: { considered: number; dropped: Dropped[]; scores: Scored[] };
}

/** What became of one action in an answer. */
export type Fate =
  | { fate: "shown"; slot: number; discount: number; score: number | null }
  | { fate: "competed"; score: number; weight: number; rule: string }
  | { fate: "out"; stage: Dropped["stage"]; rule: string }
  | { fate: "absent" };

export interface Difference {
  action: string;
  before: Fate;
  after: Fate;
  /** In order of weight: it is shown or not any more, it competes or not any more, another score, another reason. */
  rank: number;
  /** It is worth the same in both: it gave way to another, or the draw came out otherwise. */
  chance: boolean;
}

/** Rank of what is worth the same. */
const LEAST = 0.5;
const LITTLE = 0.01;
const PART = 0.02;

/** What became of each action. */
export function fates({ slots, explanation }: Answered): Map<string, Fate> {
  const found = new Map<string, Fate>();
  for (const { action, stage, rule } of explanation?.dropped ?? []) found.set(action, { fate: "out", stage, rule });
  for (const { action, score, weight = 0 } of explanation?.scores ?? []) {
    const before = found.get(action);
    // what competes and is not drawn falls out at the end, which says no more than that
    found.set(action, { fate: "competed", score, weight, rule: before?.fate === "out" ? before.rule : "" });
  }
  const scores = new Map(explanation?.scores.map((each) => [each.action, each.score]));
  slots.forEach(({ action, discount }, slot) => found.set(action, { fate: "shown", slot, discount, score: scores.get(action) ?? null }));
  return found;
}

/** Actions of which something else became, what matters most first. */
export function differences(before: Answered, after: Answered): Difference[] {
  const [one, other] = [fates(before), fates(after)];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  const pairs = names.map((action) => ({ action, before: one.get(action) ?? { fate: "absent" as const }, after: other.get(action) ?? { fate: "absent" as const } }));
  return pairs
    .map((pair) => ({ ...pair, chance: byChance(pair.before, pair.after) }))
    .map((pair) => ({ ...pair, rank: pair.chance ? LEAST : rankOf(pair.before, pair.after) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || Math.abs(moved(b)) - Math.abs(moved(a)) || a.action.localeCompare(b.action));
}

/** Whether an action is shown in one answer and not in the other, at the same score: others came or went, and with them the lots fell anew. */
function byChance(one: Fate, other: Fate): boolean {
  if ((one.fate === "shown") === (other.fate === "shown") || one.fate === "out" || other.fate === "out") return false;
  return near(scoreOf(one), scoreOf(other));
}

function near(before: number | null, after: number | null): boolean {
  return before !== null && after !== null && Math.abs(after - before) <= Math.max(LITTLE, PART * Math.abs(before));
}

function rankOf(one: Fate, other: Fate): number {
  if ((one.fate === "shown") !== (other.fate === "shown")) return 4;
  if (one.fate === "shown" && other.fate === "shown" && one.discount !== other.discount) return 3.5;
  if (one.fate !== other.fate && one.fate !== "absent" && other.fate !== "absent") return 3;
  if (one.fate === "out" && other.fate === "out") return one.stage !== other.stage ? 1 : 0;
  const [before, after] = [scoreOf(one), scoreOf(other)];
  if (before !== null && after !== null) return near(before, after) ? 0 : 2;
  return one.fate === other.fate ? 0 : 1;
}

function scoreOf(fate: Fate): number | null {
  return fate.fate === "shown" || fate.fate === "competed" ? fate.score : null;
}

function moved({ before, after }: Difference): number {
  return (scoreOf(after) ?? 0) - (scoreOf(before) ?? 0);
}

export type Mark = "new" | "drawn" | "moved" | "discount" | "texts";

/** Of each slot of `after`: how it differs from `before`; null where it is the same. */
export function marks(before: Answered, after: Answered): (Mark | null)[] {
  const [one, other] = [fates(before), fates(after)];
  const nothing: Fate = { fate: "absent" };
  return after.slots.map((slot, n) => {
    const at = before.slots.findIndex(({ action }) => action === slot.action);
    const was = before.slots[at];
    if (was === undefined) return byChance(one.get(slot.action) ?? nothing, other.get(slot.action) ?? nothing) ? "drawn" : "new";
    if (was.discount !== slot.discount) return "discount";
    if (JSON.stringify([was.content, was.because]) !== JSON.stringify([slot.content, slot.because])) return "texts";
    return at === n ? null : "moved";
  });
}
