/** What the simulator asks: as it stands in the address, and as it is sent. Pure. */
import type { Whole } from "../decisions/data";

export interface Line {
  sku: string;
  quantity: number;
  price: number | null;
}
export const SKIES = ["sun", "mild", "rain", "snow"] as const;
export type Sky = (typeof SKIES)[number];
export interface Weather {
  sky: Sky;
  /** °C */
  degrees: number;
}

export interface Question {
  /** Null: nobody is known. */
  person: string | null;
  placement: string | null;
  /** By the shop's clocks, "2026-11-22T18:00"; null: now. */
  at: string | null;
  store: string | null;
  /** Null: the touchpoint says nothing of it. */
  weather: Weather | null;
  locale: string | null;
  basket: Line[];
  /** As if she had agreed to everything, or to nothing; null: as it is. */
  consent: boolean | null;
}
export type Part = keyof Question;
/** One thing that is otherwise. */
export type Change = { [part in Part]: { part: part; value: Question[part] } }[Part];

export const PARTS = ["person", "placement", "at", "store", "weather", "locale", "basket", "consent"] as const satisfies readonly Part[];
const IF = "if.";
const NONE = "-";
const MOST_LINES = 50;
export const USUAL: Record<Sky, number> = { sun: 26, mild: 16, rain: 11, snow: -2 };

export const NOTHING: Question = { person: null, placement: null, at: null, store: null, weather: null, locale: null, basket: [], consent: null };

// ── the address ──────────────────────────────────────────────────────────────

type Codecs = { [part in Part]: { write: (value: NonNullable<Question[part]>) => string; read: (text: string) => Question[part] | undefined } };
const text = { write: (value: string) => value, read: (value: string) => value.slice(0, 500) || undefined };
const CODECS: Codecs = {
  person: { write: text.write, read: (value) => (/^[0-9a-f]{32}$/.test(value) ? value : undefined) },
  placement: text,
  at: { write: text.write, read: (value) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(value) && !Number.isNaN(Date.parse(`${value}Z`)) ? value : undefined) },
  store: text,
  locale: text,
  weather: {
    write: ({ sky, degrees }) => `${sky}:${degrees}`,
    read: (value) => {
      const [name, degrees] = value.split(":");
      const sky = SKIES.find((each) => each === name);
      if (sky === undefined) return undefined;
      const given = degrees ? Number(degrees) : USUAL[sky];
      return { sky, degrees: Number.isFinite(given) ? Math.max(-60, Math.min(60, given)) : USUAL[sky] };
    },
  },
  basket: {
    write: (lines) => lines.map(({ sku, quantity, price }) => `${encodeURIComponent(sku)}*${quantity}${price === null ? "" : `@${price}`}`).join(","),
    read: (value) => value.split(",").map(lineOf).filter((line) => line !== null).slice(0, MOST_LINES),
  },
  consent: { write: (value) => (value ? "yes" : "no"), read: (value) => ({ yes: true, no: false })[value] },
};

function lineOf(given: string): Line | null {
  const found = /^(.+)\*(\d+(?:\.\d+)?)(?:@(\d+(?:\.\d+)?))?$/.exec(given);
  if (!found) return null;
  try {
    return { sku: decodeURIComponent(found[1]!), quantity: Number(found[2]), price: found[3] === undefined ? null : Number(found[3]) };
  } catch {
    return null;
  }
}

function isNone(value: Question[Part]): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** A question, and what is otherwise, as an address says them. */
export function read(search: URLSearchParams): { question: Question; change: Change | null } {
  const question = { ...NOTHING };
  let change: Change | null = null;
  for (const part of PARTS) {
    const put = <P extends Part>(name: P) => {
      const said = search.get(name);
      const found = said === null ? undefined : CODECS[name].read(said);
      if (found !== undefined) question[name] = found;
      const other = search.get(IF + name);
      if (other === null || change !== null) return;
      const value = other === NONE ? NOTHING[name] : CODECS[name].read(other);
      if (value !== undefined) change = { part: name, value } as Change;
    };
    put(part);
  }
  return { question, change };
}

/** The inverse of `read`. */
export function written(question: Question, change: Change | null = null): URLSearchParams {
  const search = new URLSearchParams();
  const write = <P extends Part>(name: P, value: Question[P]) => CODECS[name].write(value as NonNullable<Question[P]>);
  for (const part of PARTS) if (!isNone(question[part])) search.set(part, write(part, question[part]));
  if (change) search.set(IF + change.part, isNone(change.value) ? NONE : write(change.part, change.value as never));
  return search;
}

/** The question with one thing otherwise. */
export function changed(question: Question, change: Change): Question {
  return { ...question, [change.part]: change.value };
}

// ── the request ──────────────────────────────────────────────────────────────

export interface Request {
  placement: string;
  identifiers: Record<string, string>;
  context: Record<string, unknown>;
  at: string;
  explain: true;
  suppose: { seed: number; consent: boolean | null };
}

const WEATHER: Record<Sky, object> = {
  sun: { rain: false, rain_mm: 0, snow_cm: 0 },
  mild: { rain: false, rain_mm: 0, snow_cm: 0 },
  rain: { rain: true, rain_mm: 4, snow_cm: 0 },
  snow: { rain: false, rain_mm: 0, snow_cm: 6 },
};

export interface Setting {
  zone: string;
  /** Milliseconds; the moment of questions that name none. */
  now: number;
  seed: number;
  /** Of the person asked about. */
  identifiers: Record<string, string>;
}

/** What is sent. Nothing of it is kept by the server, since it names its moment. */
export function requestOf(question: Question, { zone, now, seed, identifiers }: Setting): Request {
  const { store, weather, locale, basket } = question;
  return {
    placement: question.placement ?? "",
    identifiers: question.person === null ? {} : identifiers,
    context: {
      ...(store === null ? {} : { store }),
      ...(locale === null ? {} : { locale }),
      ...(weather === null ? {} : { weather: { temp_c: weather.degrees, ...WEATHER[weather.sky] } }),
      ...(basket.length === 0 ? {} : { basket: basket.map(({ sku, quantity, price }) => ({ sku, quantity, ...(price === null ? {} : { price }) })) }),
    },
    at: new Date(question.at === null ? now : instantOf(question.at, zone)).toISOString(),
    explain: true,
    suppose: { seed, consent: question.consent },
  };
}

// ── clocks ───────────────────────────────────────────────────────────────────

/** What the clocks of `zone` say at an instant (milliseconds): "2026-11-22T18:00". */
export function clockOf(instant: number, zone: string): string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

/** The instant at which the clocks of `zone` say so; of an hour that the clocks leap over, the one after. */
export function instantOf(clock: string, zone: string): number {
  const wanted = Date.parse(`${clock}Z`);
  const ahead = (instant: number) => Date.parse(`${clockOf(instant, zone)}Z`) - Math.floor(instant / 60_000) * 60_000;
  const first = wanted - ahead(wanted);
  return wanted - ahead(first);
}

/** The same day at another hour. */
export function atHour(clock: string, hour: number): string {
  return `${clock.slice(0, 10)}T${String(hour).padStart(2, "0")}:00`;
}

/** The same hour so many days later. */
export function daysLater(clock: string, days: number): string {
  return new Date(Date.parse(`${clock}Z`) + days * 86_400_000).toISOString().slice(0, 16);
}

/** Where a decision of the log is asked again. */
export function linkOf({ decision, context, basket }: Pick<Whole, "decision" | "context" | "basket">, zone: string): string {
  const weather = context.weather as { temp_c?: unknown; rain?: unknown; rain_mm?: unknown; snow_cm?: unknown } | undefined;
  const sky: Sky = Number(weather?.snow_cm) > 0 ? "snow" : weather?.rain === true || Number(weather?.rain_mm) > 0 ? "rain" : Number(weather?.temp_c) >= 22 ? "sun" : "mild";
  const skus = Array.isArray(basket.skus) ? basket.skus.filter((sku) => typeof sku === "string") : [];
  const question: Question = {
    ...NOTHING,
    person: decision.person_id,
    placement: decision.placement,
    at: clockOf(Date.parse(decision.at), zone),
    store: typeof context.store === "string" ? context.store : null,
    locale: typeof context.locale === "string" ? context.locale : null,
    weather: typeof weather === "object" && weather !== null ? { sky, degrees: typeof weather.temp_c === "number" ? weather.temp_c : USUAL[sky] } : null,
    basket: skus.slice(0, MOST_LINES).map((sku) => ({ sku, quantity: 1, price: null })),
  };
  return `/simulator?${written(question).toString()}`;
}
