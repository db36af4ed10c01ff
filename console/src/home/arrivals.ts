/** The list of what comes in: bounded, each event once, newest first; held still while somebody reads it. Pure. */
import type { Answer } from "../api/client";

export type LiveEvent = Answer<"/api/v1/live/recent">["events"][number];

/** Rows that are kept; older ones fall off the end. */
export const ROWS = 100;

export interface Arrivals {
  shown: readonly LiveEvent[];
  /** What came while the list stands still. */
  held: readonly LiveEvent[];
  /** How many that were; more than are kept, perhaps. */
  waiting: number;
  still: boolean;
}

export const NOTHING: Arrivals = { shown: [], held: [], waiting: 0, still: false };

export type Turn =
  | { turn: "fill"; events: readonly LiveEvent[] }
  | { turn: "came"; events: readonly LiveEvent[]; leftOut: number }
  | { turn: "still"; still: boolean };

/** What the list is after this turn. */
export function turned(arrivals: Arrivals, turn: Turn): Arrivals {
  switch (turn.turn) {
    case "fill":
      if (!arrivals.still) return { ...arrivals, shown: merged(arrivals.shown, turn.events) };
      return { ...arrivals, shown: settled(arrivals.shown, turn.events), held: settled(arrivals.held, turn.events) };
    case "came":
      if (!arrivals.still) return { ...arrivals, shown: merged(arrivals.shown, turn.events) };
      return { ...arrivals, held: merged(arrivals.held, turn.events), waiting: arrivals.waiting + turn.events.length + turn.leftOut };
    case "still":
      if (turn.still === arrivals.still) return arrivals;
      return turn.still ? { ...arrivals, still: true } : { shown: merged(arrivals.shown, arrivals.held), held: [], waiting: 0, still: false };
  }
}

/** Whether some that were nobody's yet when they came are somebody's by now; up to `asked` this was asked already. */
export function unsettled({ shown, held }: Arrivals, processed: number, asked: number): boolean {
  const past = ({ person_id, log_offset }: LiveEvent) => person_id === null && asked < log_offset && log_offset <= processed;
  return shown.some(past) || held.some(past);
}

/** The same rows, as they are told by now. */
function settled(rows: readonly LiveEvent[], told: readonly LiveEvent[]): readonly LiveEvent[] {
  const there = new Set(rows.map((event) => event.log_offset));
  return merged(rows, told.filter((event) => there.has(event.log_offset)));
}

/** Both, newest first, each once; of two tellings of one event the one that knows whose it is. */
function merged(before: readonly LiveEvent[], more: readonly LiveEvent[]): readonly LiveEvent[] {
  const all = new Map(before.map((event) => [event.log_offset, event]));
  for (const event of more) if (event.person_id !== null || !all.get(event.log_offset)?.person_id) all.set(event.log_offset, event);
  return [...all.values()].sort((one, other) => other.log_offset - one.log_offset).slice(0, ROWS);
}
