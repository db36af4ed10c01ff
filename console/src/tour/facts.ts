/** What each step of the story carries, as app/demo/scenes.py and decided.py write it. A step that was forgotten has no facts. */
import type { Answer } from "../api/client";

export type Step = Answer<"/api/v1/story">["steps"][number];

interface Named {
  kind: string;
  value: string;
}

export interface Facts {
  household: { card: string; identifiers: number; kinds: string[]; sources: string[]; events: number; sessions: number; orders: number; revenue: string; currency: string; first_seen: string; last_seen: string };
  anonymous: { identifier: Named; joined_to: Named; events_before: number; days_before: number; first_seen: string; joined_at: string; tier: string };
  shared_tablet: { device: Named; customers: number; events_of_nobody: number; user: Named; reason: string };
  conflict: { card: string; attribute: string; value: unknown; source: string; observed_at: string; others: { value: unknown; source: string; observed_at: string; claimed: boolean }[]; settled_by: string };
  unmerge: { persons?: string[]; identifiers: Named[]; alike: string[]; orders: number[]; orders_together: number; merged_at: string; unmerged_at: string };
  erasure: { erasure_id: string; events: number; identifiers: number; proven_at: string; left: Record<string, number>; searched: Record<string, number>; returned: number };
  decision: { decision_id: string; card: string; at: string; placement: string; placement_title: string; touchpoint: string; considered: number; funnel: { stage: string; entered: number; dropped: number }[]; competed: number; action: string; action_title: string; discount: number; because: string; outcome: string; outcome_at: string | null };
}

/** The facts of a step of this name; null once the person it told of was erased. */
export function factsOf<N extends keyof Facts>(step: Step, name: N): Facts[N] | null {
  if (step.name !== name || Object.keys(step.facts as object).length === 0) return null;
  return step.facts as unknown as Facts[N];
}

const PLACES: Record<string, string> = { anonymous: "#identity", shared_tablet: "#identity", unmerge: "#identity" };

/** Where the real thing is, as the console's router knows it. */
export function placeOf(step: Step): string {
  return step.link.replace(/^\/console/, "") + (step.link.includes("/customers/") ? (PLACES[step.name] ?? "") : "");
}
