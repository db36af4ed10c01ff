/** Ten-minute buckets of what came in, stacked by source or by channel. Pure. */
import type { Answer } from "../api/client";

export type Point = Answer<"/api/v1/overview">["events"]["series"][number];
export type By = "source" | "channel";

const BUCKET = 600_000;
/** The axis is no shorter than this, so that a first event does not fill the picture. */
const SHORTEST = 18;
const LONGEST = 144;
/** Layers that are told apart; the least are one layer "others". */
const LAYERS = 7;

export interface Layer {
  /** null: all others together */
  name: string | null;
  events: number[];
}

export interface Inflow {
  /** When each bucket begins, milliseconds. */
  starts: number[];
  layers: Layer[];
  totals: number[];
  /** Where the axis ends although some buckets go beyond it; null when all fit. */
  cut: number | null;
}

/** The last day until `now` (milliseconds), from the first bucket with something in it. */
export function inflowOf(series: readonly Point[], by: By, now: number): Inflow {
  const last = Math.floor(now / BUCKET) * BUCKET;
  const first = Math.min(last, ...series.map((point) => Date.parse(point.at)));
  const length = Math.min(LONGEST, Math.max(SHORTEST, (last - first) / BUCKET + 2));
  const starts = Array.from({ length }, (_, n) => last - (length - 1 - n) * BUCKET);
  const rows = new Map<string, number[]>();
  const totals = starts.map(() => 0);
  for (const point of series) {
    const place = length - 1 - (last - Date.parse(point.at)) / BUCKET;
    if (!(place in totals)) continue;
    const row = rows.get(point[by]) ?? starts.map(() => 0);
    row[place]! += point.events;
    totals[place]! += point.events;
    rows.set(point[by], row);
  }
  return { starts, layers: layersOf(rows), totals, cut: cutOf(totals) };
}

function layersOf(rows: Map<string, number[]>): Layer[] {
  const weighed = [...rows].map(([name, events]) => ({ name, events, sum: sumOf(events) })).sort((one, other) => other.sum - one.sum);
  // by name among those that are shown: colours stay while amounts move
  const shown: Layer[] = weighed.slice(0, LAYERS).map(({ name, events }) => ({ name, events })).sort((one, other) => ((one.name ?? "") < (other.name ?? "") ? -1 : 1));
  const rest = weighed.slice(LAYERS);
  if (rest.length === 0) return shown;
  return [...shown, { name: null, events: rest[0]!.events.map((_, n) => sumOf(rest.map((each) => each.events[n]!))) }];
}

const BULK = 5_000;
const TOWERS = 20;
const MOST_TOWERS = 5;

/** A file that was read in at once towers over a day of a shop: the axis ends above everything else. */
function cutOf(totals: readonly number[]): number | null {
  // the present bucket has only begun: it towers over nothing, and nothing towers over it
  const sorted = totals.slice(0, -1).filter((total) => total > 0).sort((one, other) => other - one);
  const edge = sorted.findIndex((total, n) => n + 1 < sorted.length && total >= BULK && total > TOWERS * sorted[n + 1]!);
  const present = totals.at(-1) ?? 0;
  if (edge === -1 || edge >= MOST_TOWERS || present >= BULK) return null;
  return rounded(Math.max(sorted[edge + 1]!, present) * 1.1);
}

/** Up to a number that looks well at the end of an axis: 1, 1.5, 2, 3, 4, 5, 6 or 8 with noughts. */
function rounded(number: number): number {
  const ten = 10 ** Math.floor(Math.log10(number));
  return ten * ([1, 1.5, 2, 3, 4, 5, 6, 8].find((step) => step * ten >= number) ?? 10);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
