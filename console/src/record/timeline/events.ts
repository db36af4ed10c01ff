/** An event as the timeline tells it, and what can be asked of it. Pure. */

export interface TimelineEvent {
  message_id: string;
  source: string;
  channel: string;
  type: "identify" | "track" | "page" | "screen" | "group" | "alias";
  /** track: the event's name; page and screen: the page's; else empty */
  event: string;
  timestamp: string;
  received_at: string;
  /** the identifier's that it stands on */
  fragment_id: string;
  properties: Record<string, unknown>;
  traits: Record<string, unknown>;
  context: Record<string, unknown>;
  group_id?: string;
  marks?: string[];
}

export interface TimelinePage {
  events: TimelineEvent[];
  next: string | null;
}

/** One row of the list; the first of a day says the day. */
export interface Row {
  key: string;
  event: TimelineEvent;
  /** 2017-12-31, in the shop's time zone */
  day: string | null;
}

/** The same for the same event only: message ids are unique within their source. */
export function keyOf(event: Pick<TimelineEvent, "source" | "message_id" | "timestamp">): string {
  return `${event.source}\u0000${event.message_id}\u0000${event.timestamp}`;
}

/** Events as rows, with the days they begin; an event that two pages tell stands once. */
export function rowsOf(events: readonly TimelineEvent[], dayOf: (at: string) => string): Row[] {
  const seen = new Set<string>();
  const rows: Row[] = [];
  let last = "";
  for (const event of events) {
    const key = keyOf(event);
    if (seen.has(key)) continue;
    seen.add(key);
    const day = dayOf(event.timestamp);
    rows.push({ key, event, day: day === last ? null : day });
    last = day;
  }
  return rows;
}

/** Tells the day of a moment in a time zone, as 2017-12-31. Make it once: formatters are slow to make. */
export function dayTeller(timeZone: string): (at: string) => string {
  const days = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (at) => days.format(new Date(at));
}

/** The last millisecond of a day (2017-12-31) in a time zone, as RFC 3339; null for what is no day. */
export function endOfDay(day: string, timeZone: string): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date || year < 1 || year > 9999) return null;
  const wall = Date.UTC(year, month - 1, date + 1) - 1;
  // the zone's distance from UTC at that moment, and once more where it changes in between
  const once = wall - distance(wall, timeZone);
  return new Date(wall - distance(once, timeZone)).toISOString();
}

function distance(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall - Math.floor(at / 1000) * 1000;
}

/** Whether the demo made it up. */
export function isComposed(event: TimelineEvent, composedSources: readonly string[]): boolean {
  return event.context.composed === true || composedSources.includes(event.source);
}
