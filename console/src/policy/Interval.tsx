import classes from "./Policy.module.css";

export type Scale = (value: number) => number;

/** A scale in percent that holds 0 and all of these. */
export function scaleFor(values: readonly (number | null | undefined)[]): Scale {
  const known = values.filter((each) => typeof each === "number");
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const whole = high - low || 1;
  return (value) => (100 * (value - low)) / whole;
}

/** A value with its interval, as a picture; the same is said in words beside it. */
export function Interval({ value, low, high, scale, tone }: { value: number | null; low: number | null; high: number | null; scale: Scale; tone?: string }) {
  if (value === null) return null;
  return (
    <span className={classes.interval} data-tone={tone} aria-hidden>
      <span className={classes.zero} style={{ left: `${scale(0)}%` }} />
      {low !== null && high !== null && <span className={classes.span} style={{ left: `${scale(low)}%`, width: `${scale(high) - scale(low)}%` }} />}
      <span className={classes.dot} style={{ left: `${scale(value)}%` }} />
    </span>
  );
}
