/** How long ago something was, in as few words as a glance needs. */
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `3 days ago`, `vor 3 Tagen`; `now` within a minute, and for what is ahead by a wrong clock. */
export function ago(moment: string, locale: string, now: number = Date.now()): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const seconds = (now - Date.parse(moment)) / 1_000;
  if (Number.isNaN(seconds)) return "";
  for (const [unit, size] of STEPS) if (seconds >= size) return format.format(-Math.floor(seconds / size), unit);
  return format.format(0, "second");
}

/** The year, or month and year where it is this year or the last; text that is no moment stays as it is. */
export function since(moment: string, locale: string, now: Date = new Date()): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  const lately = now.getFullYear() - at.getFullYear() <= 1;
  return new Intl.DateTimeFormat(locale, lately ? { month: "short", year: "numeric" } : { year: "numeric" }).format(at);
}

/** Money of a decimal text, as people read it; without a currency the number alone. */
export function money(value: string, currency: string | null, locale: string): string {
  const amount = Number(value);
  if (!currency) return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(amount);
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
  } catch {
    return `${value} ${currency}`; // no code of ISO 4217
  }
}
