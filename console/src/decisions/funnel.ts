/** How many actions came into each stage and which fell out there. Pure. */
import type { Dropped, Explanation, Stage } from "./data";

export const STAGES = ["format", "eligible", "applicable", "suitable", "consent", "guard", "caps", "suppressed", "stock", "floor", "score", "arbitration"] as const satisfies readonly Stage[];

export interface Step {
  stage: Stage;
  entered: number;
  left: number;
  dropped: readonly Dropped[];
}

/** The stages in their order; what entered one is what the stage before left. */
export function stepsOf({ considered, dropped }: Pick<Explanation, "considered" | "dropped">): Step[] {
  let entered = considered;
  return STAGES.map((stage) => {
    const here = dropped.filter((each) => each.stage === stage);
    const step = { stage, entered, left: entered - here.length, dropped: here };
    entered = step.left;
    return step;
  });
}

/** The stage where most fell out; of equal ones the first; null where none did. */
export function widest(steps: readonly Step[]): Stage | null {
  const most = Math.max(0, ...steps.map(({ dropped }) => dropped.length));
  return most === 0 ? null : (steps.find(({ dropped }) => dropped.length === most)?.stage ?? null);
}

/** One stage of the picture: corners of a trapezoid in percent, never thinner than can be seen. */
export function shapeOf({ entered, left }: Step, whole: number, thinnest = 1.5): string {
  const half = (count: number) => (whole === 0 ? 0 : Math.max(count === 0 ? thinnest / 2 : thinnest, (100 * count) / whole)) / 2;
  const [above, below] = [half(entered), half(left)];
  const corner = (x: number, y: number) => `${Math.round(x * 100) / 100}% ${y}%`;
  return `polygon(${[corner(50 - above, 0), corner(50 + above, 0), corner(50 + below, 100), corner(50 - below, 100)].join(", ")})`;
}

/** Rules that fell it out, in kinds: those that several actions share stand once. */
export function byRule(dropped: readonly Dropped[]): { rule: string; actions: string[] }[] {
  const found = new Map<string, string[]>();
  for (const { rule, action } of dropped) found.set(rule, [...(found.get(rule) ?? []), action]);
  return [...found].map(([rule, actions]) => ({ rule, actions })).sort((one, other) => other.actions.length - one.actions.length);
}
