/** Which actions a search and filters leave. */
import type { Action } from "./data";

export interface Wanted {
  text: string;
  kinds: string[];
  valid: string[];
}

/** Each word must be in its name, title, group, product or places. */
export function foundIn(actions: readonly Action[], { text, kinds, valid }: Wanted): Action[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return actions.filter((each) => {
    const said = [each.name, each.title, each.group ?? "", each.sku ?? "", ...each.placements, ...each.fallback_of].join(" ").toLowerCase();
    return (kinds.length === 0 || kinds.includes(each.kind)) && (valid.length === 0 || valid.includes(each.valid)) && words.every((word) => said.includes(word));
  });
}
