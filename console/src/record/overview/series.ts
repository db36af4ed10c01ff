/** Her year in bars: value, orders and days with a visit, per month, or per week where there is little of it. */
import type { GoldenRecord } from "../data";

export interface Bar {
  /** First day, YYYY-MM-DD. */
  start: string;
  value: number;
  orders: number;
  /** Days on which she visited. */
  visits: number;
}

export interface Series {
  by: "month" | "week";
  bars: Bar[];
}

const ORDERED = "Order Completed";
/** What only somebody who looks around does. */
const VISITING = new Set([
  "page", "screen", "Product Viewed", "Product List Viewed", "Product List Filtered", "Products Searched", "Product Clicked",
  "Product Added", "Product Removed", "Cart Viewed", "Checkout Started", "Checkout Step Viewed", "Application Opened", "Product Scanned",
]);
const DAY = 86_400_000;
const LONGEST = 14;
const FEW_DAYS = 80;

/** The bars from her first day with anything to her last; null when there is nothing to draw. */
export function seriesOf({ activity, orders }: Pick<GoldenRecord, "activity" | "orders">): Series | null {
  const ordered = activity.events[ORDERED];
  const visited = new Set(Object.entries(activity.events).flatMap(([name, event]) => (VISITING.has(name) ? Object.keys(event.days) : [])));
  const days = [...new Set([...visited, ...Object.keys(ordered?.days ?? {})])].sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return null;
  const by = Date.parse(last) - Date.parse(first) > FEW_DAYS * DAY ? "month" : "week";
  const begin = by === "month" ? (day: string) => `${day.slice(0, 7)}-01` : monday;
  const bars = new Map(starts(begin(first), begin(last), by).map((start) => [start, { start, value: 0, orders: 0, visits: 0 }]));
  const add = (day: string, what: "value" | "orders" | "visits", much: number) => {
    const bar = bars.get(begin(day));
    if (bar) bar[what] += much;
  };
  for (const day of visited) add(day, "visits", 1);
  for (const [day, count] of Object.entries(ordered?.days ?? {})) add(day, "orders", count);
  for (const [day, value] of Object.entries(ordered?.value_by_day[orders.currency ?? ""] ?? {})) add(day, "value", Number(value));
  return { by, bars: [...bars.values()] };
}

function starts(first: string, last: string, by: Series["by"]): string[] {
  const found = [last];
  while (found.length < LONGEST && found[0]! > first) found.unshift(before(found[0]!, by));
  return found;
}

function before(start: string, by: Series["by"]): string {
  const date = new Date(start);
  if (by === "month") date.setUTCMonth(date.getUTCMonth() - 1);
  else date.setUTCDate(date.getUTCDate() - 7);
  return date.toISOString().slice(0, 10);
}

function monday(day: string): string {
  const date = new Date(day);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
