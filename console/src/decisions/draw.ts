/** What was drawn, and how likely it was. Pure. */
import type { Scored } from "./data";

/** Chances of each to be drawn for the first slot: p = f + (1 − n·f)·w with f = exploration ÷ n. */
export function chances(scores: readonly Scored[], exploration: number): number[] {
  const floor = scores.length === 0 ? 0 : exploration / scores.length;
  return scores.map(({ weight = 0 }) => floor + (1 - exploration) * weight);
}

export interface Span {
  low: number;
  high: number;
}

/** A score with one standard deviation of what is not known of its acceptance. */
export function spanOf({ score, uncertainty, levers, margin, lift = 1 }: Scored): Span {
  const by = Math.abs(uncertainty * levers * lift * margin);
  return { low: score - by, high: score + by };
}

/** What a discount gives away to who would have bought at full price; nothing but rounding is nothing. */
export function givenOf({ levers, margin, anyway = 0, forgone = 0 }: Scored): number {
  const given = forgone - levers * anyway * margin;
  return given > 1e-9 ? given : 0;
}

/** Where something stands on a scale, in percent; the scale holds 0 and all spans. */
export function scaleOf(spans: readonly Span[]): (value: number) => number {
  const low = Math.min(0, ...spans.map((each) => each.low));
  const high = Math.max(0, ...spans.map((each) => each.high));
  const whole = high - low || 1;
  return (value) => (100 * (Math.min(high, Math.max(low, value)) - low)) / whole;
}
