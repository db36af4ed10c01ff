/** Whether somebody is still there: pure, so that seconds can be told to it. */

export type Presence = { readonly is: "here" } | { readonly is: "asking"; readonly left: number } | { readonly is: "gone" };

/** After so many seconds without a touch she is asked, and so many later she is gone. */
export interface Patience {
  readonly ask: number;
  readonly leave: number;
}

export const PATIENCE: Patience = { ask: 45, leave: 15 };

/** What is thought of somebody whose last touch was `quiet` seconds ago. */
export function presence(quiet: number, { ask, leave }: Patience = PATIENCE): Presence {
  if (quiet < ask) return { is: "here" };
  const left = Math.ceil(ask + leave - quiet);
  return left > 0 ? { is: "asking", left } : { is: "gone" };
}
