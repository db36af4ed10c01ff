import { useFormat } from "./format";

/** Money: a decimal string and its currency (by default the shop's). */
export function Money({ amount, currency, whole, compact }: { amount: string | number | null | undefined; currency?: string | null; whole?: boolean; compact?: boolean }) {
  const format = useFormat();
  return <span data-figure>{format.money(amount, currency, { whole, compact })}</span>;
}

/** A number with its thousands apart. */
export function Num({ value, compact, digits }: { value: number | null | undefined; compact?: boolean; digits?: number }) {
  const format = useFormat();
  if (value === null || value === undefined) return <span>–</span>;
  return <span data-figure>{compact ? format.compact(value) : format.number(value, digits === undefined ? undefined : { maximumFractionDigits: digits })}</span>;
}

/** A fraction 0..1 as percent. */
export function Share({ of, digits }: { of: number | null | undefined; digits?: number }) {
  const format = useFormat();
  if (of === null || of === undefined) return <span>–</span>;
  return <span data-figure>{format.share(of, digits)}</span>;
}
