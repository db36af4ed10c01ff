/** Dead letters as the page asks for them. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { getAs, send } from "../api/client";
import type { Answer } from "../api/client";

export type Letter = Answer<"/api/v1/dead-letters/{letter_id}">;
export type Reasons = Answer<"/api/v1/dead-letters/reasons">;
type Letters = Answer<"/api/v1/dead-letters">;
type Replayed = Answer<"/api/v1/dead-letters/replay", "post">;

export interface Chosen {
  reason: string;
  source: string;
}

/** What is replayed: one, all of a reason and source, or all. */
export type Which = { ids: string[] } | Chosen | { all: true };

/** The letters of a reason and source, page by page. */
export function lettersOf({ reason, source }: Chosen) {
  return infiniteQueryOptions({
    queryKey: ["/api/v1/dead-letters", reason, source],
    initialPageParam: "",
    queryFn: (context) => {
      const asked = getAs<Letters>("/api/v1/dead-letters", { reason, source, limit: 50, after: context.pageParam });
      return (asked.queryFn as unknown as (context: { signal: AbortSignal }) => Promise<Letters>)(context);
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export interface Outcome {
  replayed: number;
  left: number;
  /** Why one was refused, where any was. */
  why: string | null;
}

/** Replay, as many requests as it takes; tells how far it has come. */
export async function replay(which: Which, tell: (replayed: number) => void): Promise<Outcome> {
  const outcome: Outcome = { replayed: 0, left: 0, why: null };
  let after: string | null = null;
  for (let more = true; more; ) {
    const answer: Replayed = await send("post", "/api/v1/dead-letters/replay", { body: { all: false, ...which, after } });
    outcome.replayed += answer.replayed;
    outcome.left += answer.left;
    outcome.why ??= Object.values(answer.refused)[0] ?? null;
    tell(outcome.replayed);
    after = answer.next;
    more = answer.more && after !== null;
  }
  return outcome;
}
