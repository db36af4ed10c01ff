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
  /** Offsets of rows of which it was asked, once the loop had come past them, whose they are. */
  asked: ReadonlySet<number>;
}

export const NOTHING: Arrivals = { shown: [], held: [], waiting: 0, still: false, asked: new Set() };

export type Turn =
  /** The newest events; with `upto` those to this offset, which the loop has come past. */
  | { turn: "fill"; events: readonly LiveEvent[]; upto?: number }
  | { turn: "came"; events: readonly LiveEvent[]; leftOut: number }
  | { turn: "still"; still: boolean };

/** What the list is after this turn. */
export function turned(arrivals: Arrivals, turn: Turn): Arrivals {
  switch (turn.turn) {
    case "fill":
      return answered(filled(arrivals, turn.events), turn.events, turn.upto);
    case "came":
      if (!arrivals.still) return { ...arrivals, shown: merged(arrivals.shown, turn.events) };
      return { ...arrivals, held: merged(arrivals.held, turn.events), waiting: arrivals.waiting + turn.events.length + turn.leftOut };
    case "still":
      if (turn.still === arrivals.still) return arrivals;
      if (turn.still) return { ...arrivals, still: true };
      return { ...arrivals, shown: merged(arrivals.shown, arrivals.held), held: [], waiting: 0, still: false };
  }
}

/** The newest offset of a row that was nobody's when it came and may be somebody's by now; null: nothing is to be asked. */
export function unsettled({ shown, held, asked }: Arrivals, processed: number): number | null {
  const past = ({ person_id, log_offset }: LiveEvent) => person_id === null && log_offset <= processed && !asked.has(log_offset);
  const offsets = [...held, ...shown].filter(past).map((event) => event.log_offset);
  return offsets.length > 0 ? Math.max(...offsets) : null;
}

function filled(arrivals: Arrivals, events: readonly LiveEvent[]): Arrivals {
  if (!arrivals.still) return { ...arrivals, shown: merged(arrivals.shown, events) };
  return { ...arrivals, shown: settled(arrivals.shown, events), held: settled(arrivals.held, events) };
}

/** What the answer has covered was asked: down to its oldest event, and `upto` itself, which may be erased. */
function answered(arrivals: Arrivals, events: readonly LiveEvent[], upto?: number): Arrivals {
  if (upto === undefined) return arrivals;
  const oldest = Math.min(upto, ...events.map((event) => event.log_offset));
  const covered = ({ log_offset }: LiveEvent) => arrivals.asked.has(log_offset) || (oldest <= log_offset && log_offset <= upto);
  const asked = [...arrivals.shown, ...arrivals.held].filter(covered).map((event) => event.log_offset);
  return { ...arrivals, asked: new Set(asked) };
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
