/** How a link of each tier is drawn; told apart by dash and width too, for who sees no hue. */
import type { Link } from "./graph";

export interface Stroke {
  colour: string;
  width: number;
  dash?: string;
}

const STROKES: Record<string, Stroke> = {
  manual: { colour: "var(--segue-info)", width: 3 },
  "deterministic-proven": { colour: "var(--segue-accent)", width: 2.25 },
  "deterministic-claimed": { colour: "var(--segue-watch)", width: 1.5 },
  probabilistic: { colour: "var(--segue-ink-3)", width: 1.5, dash: "2 4" },
  behavioural: { colour: "var(--segue-ink-3)", width: 1, dash: "1 5" },
};

export const OUT: Stroke = { colour: "var(--segue-wrong)", width: 1.25, dash: "6 5" };

/** The line of a tier, joining or not. */
export function strokeOf(link: Pick<Link, "tier" | "active">): Stroke {
  return link.active ? (STROKES[link.tier] ?? { colour: "var(--segue-ink-3)", width: 1.5 }) : OUT;
}
