/** Numbers, money and times in the reader's language and the shop's time zone. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSessionIfAny } from "../app/session";

export interface Format {
  /** An amount as the API gives it ("12.50"); currency by default the shop's. Without one, a plain number. */
  money: (amount: string | number | null | undefined, currency?: string | null, options?: { compact?: boolean; whole?: boolean }) => string;
  number: (value: number, options?: Intl.NumberFormatOptions) => string;
  /** 12,300 → "12K" */
  compact: (value: number) => string;
  /** 0..1 → "12.3 %" */
  share: (fraction: number, digits?: number) => string;
  date: (at: string | number | Date, options?: Intl.DateTimeFormatOptions) => string;
  time: (at: string | number | Date, options?: { seconds?: boolean }) => string;
  dateTime: (at: string | number | Date, options?: { seconds?: boolean }) => string;
  /** "3 minutes ago", seen from `now` (milliseconds). */
  relative: (at: string | number | Date, now?: number) => string;
  /** Seconds → "1 h 5 min", "320 ms" */
  duration: (seconds: number) => string;
  bytes: (count: number) => string;
  /** A list of words: "a, b and c" */
  list: (items: readonly string[]) => string;
  locale: string;
  timeZone: string;
}

/** Formats bound to the language, the session's time zone and its currency. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const session = useSessionIfAny();
  const [language, zone, currency] = [i18n.language, session?.time_zone ?? null, session?.currency ?? null];
  return useMemo(() => makeFormat(localeFor(language), zone, currency), [language, zone, currency]);
}

/** The browser's own locale where it speaks this language (en-GB writes dates unlike en-US). */
export function localeFor(language: string): string {
  return navigator.languages.find((name) => name.slice(0, 2) === language) ?? language;
}

const NONE = "–";
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60], ["minute", 60], ["hour", 24], ["day", 30.44], ["month", 12], ["year", Infinity],
];
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** See Format. `zone` null: the browser's. */
export function makeFormat(locale: string, zone: string | null, shop: string | null): Format {
  const timeZone = usable(zone) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const plain = new Intl.NumberFormat(locale);
  const day = dates({ dateStyle: "medium" });
  const clock = dates({ hour: "2-digit", minute: "2-digit" });
  const exact = dates({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const unit = (value: number, name: string, digits = 0) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  const safe = (at: string | number | Date, tell: (date: Date) => string) => {
    const date = new Date(at);
    return Number.isNaN(date.getTime()) ? NONE : tell(date);
  };
  const time = (date: Date, seconds?: boolean) => (seconds ? exact : clock).format(date);

  return {
    locale,
    timeZone,
    money: (amount, currency = shop, { compact, whole } = {}) => {
      if (amount === null || amount === undefined || amount === "" || Number.isNaN(Number(amount))) return NONE;
      const digits: Intl.NumberFormatOptions = compact
        ? { notation: "compact", maximumFractionDigits: 1 }
        : whole
          ? { maximumFractionDigits: 0 }
          : {};
      try {
        // strings go in whole: no float in between changes a large amount
        const style: Intl.NumberFormatOptions = currency
          ? { style: "currency", currency, currencyDisplay: "narrowSymbol" }
          : { minimumFractionDigits: compact || whole ? 0 : 2, maximumFractionDigits: 2 };
        return new Intl.NumberFormat(locale, { ...style, ...digits }).format(amount as Intl.StringNumericLiteral);
      } catch {
        return `${amount} ${currency ?? ""}`.trim();
      }
    },
    number: (value, options) => (options ? new Intl.NumberFormat(locale, options) : plain).format(value),
    compact: (value) => new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value),
    share: (fraction, digits = 1) =>
      new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(fraction),
    date: (at, options) => safe(at, (date) => (options ? dates(options) : day).format(date)),
    time: (at, { seconds } = {}) => safe(at, (date) => time(date, seconds)),
    dateTime: (at, { seconds } = {}) => safe(at, (date) => `${day.format(date)}, ${time(date, seconds)}`),
    relative: (at, now = Date.now()) =>
      safe(at, (date) => {
        let value = (date.getTime() - now) / 1000;
        for (const [name, size] of STEPS) {
          if (Math.abs(Math.round(value)) < size) return relatives.format(Math.round(value), name);
          value /= size;
        }
        return NONE;
      }),
    duration: (seconds) => {
      if (!Number.isFinite(seconds)) return NONE;
      if (seconds > 0 && seconds < 1) return unit(Math.max(1, Math.round(seconds * 1000)), "millisecond");
      if (seconds < 10) return unit(seconds, "second", 1);
      if (seconds < 60) return unit(Math.round(seconds), "second");
      const minutes = Math.round(seconds / 60);
      if (seconds < 600 && Math.round(seconds) % 60) return `${unit(Math.floor(Math.round(seconds) / 60), "minute")} ${unit(Math.round(seconds) % 60, "second")}`;
      if (minutes < 60) return unit(minutes, "minute");
      if (minutes < 60 * 48) return [unit(Math.floor(minutes / 60), "hour"), minutes % 60 ? unit(minutes % 60, "minute") : ""].join(" ").trim();
      return unit(Math.round(minutes / 1440), "day");
    },
    bytes: (count) => {
      let [value, size] = [count, 0];
      while (value >= 1000 && size < SIZES.length - 1) {
        value /= 1000;
        size += 1;
      }
      return unit(value, SIZES[size]!, size === 0 || value >= 100 ? 0 : 1);
    },
    list: (items) => new Intl.ListFormat(locale, { type: "conjunction" }).format(items),
  };
}

function usable(zone: string | null): string | null {
  if (!zone) return null;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return null;
  }
}
