/** Where the timeline begins, and which event stands out: kept in the history's state, in no address. */

export interface Wish {
  /** RFC 3339: the timeline begins here and goes back. */
  at: string;
  /** The event to stand out; without it, the source's of that very moment; without a source, none. */
  messageId?: string;
  source?: string;
}

export interface TimelineState {
  timeline?: Wish;
}

/** For navigate() or a link on the record's page: `navigate(...toEvent({ at, messageId, source }))`. */
export function toEvent(wish: Wish): [{ hash: string }, { state: TimelineState }] {
  return [{ hash: "#timeline" }, { state: { timeline: wish } }];
}

/** The wish in a location's state, if there is one. */
export function wishOf(state: unknown): Wish | null {
  const wish = (state as TimelineState | null)?.timeline;
  return wish && typeof wish.at === "string" ? wish : null;
}
