/** Money in whole cents, so that sums at a till are exact. */

/** `"1.995"` → 200: half a cent goes up; null for what is no amount. */
export function cents(amount: string | number | null | undefined): number | null {
  const found = /^(\d{1,9})(?:[.,](\d*))?$/.exec(String(amount ?? "").trim());
  if (!found) return null;
  const [, whole = "", rest = ""] = found;
  const up = Number(rest.charAt(2) || "0") >= 5 ? 1 : 0;
  return Number(whole) * 100 + Number(rest.slice(0, 2).padEnd(2, "0")) + up;
}

/** What `of` cents come to with `percent` off; half a cent goes up. */
export function reduced(of: number, percent: number): number {
  return Math.floor((of * (100 - percent) + 50) / 100);
}

/** As events have it: 12.5. */
export function amount(of: number): number {
  return Number((of / 100).toFixed(2));
}

/** As people read it. */
export function money(of: number, currency: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(of / 100);
}
