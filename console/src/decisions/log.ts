/** The log on the screen beside what came meanwhile. Pure. */
import type { Decision } from "./data";

/** Those shown, with what has become of them by now. */
export function asItIs(shown: readonly Decision[], newest: readonly Decision[]): Decision[] {
  const now = new Map(newest.map((each) => [each.decision_id, each]));
  return shown.map((each) => now.get(each.decision_id) ?? each);
}

/** How many of the newest are newer than the first that is shown. */
export function newerThan(first: Decision | undefined, newest: readonly Decision[]): number {
  if (first === undefined) return newest.length;
  const at = newest.findIndex((each) => each.decision_id === first.decision_id);
  // the one shown first is further back than one page, or was erased
  return at < 0 ? newest.filter((each) => each.at >= first.at).length : at;
}
