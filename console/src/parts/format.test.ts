import { describe, expect, test } from "vitest";
import { makeFormat } from "./format";

const NOON = "2026-03-01T12:00:00Z";
/** Intl writes spaces that do not break, narrow and wide. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");
const of = (locale: string, zone = "Europe/Warsaw", currency: string | null = "PLN") => {
  const format = makeFormat(locale, zone, currency);
  return { ...format, said: (text: string) => plain(text) };
};

describe("money", () => {
  test.each([
    ["en-GB", "GBP", "£1,234.50"],
    ["de", "EUR", "1.234,50 €"],
    ["pl", "PLN", "1234,50 zł"],
  ])("is written as %s writes it", (locale, currency, said) => {
    expect(plain(of(locale).money("1234.50", currency))).toBe(said);
  });

  test("keeps every digit of a large amount", () => {
    expect(of("en").money("90071992547409931.25", "USD")).toBe("$90,071,992,547,409,931.25");
  });

  test("without a currency is a plain number, without an amount a dash", () => {
    expect(of("en", "UTC", null).money("3")).toBe("3.00");
    expect(of("en").money(null)).toBe("–");
    expect(of("en").money("nonsense")).toBe("–");
  });

  test("in a currency that nobody knows still shows the amount", () => {
    expect(of("en").money("3.10", "points")).toBe("3.10 points");
  });
});

describe("times", () => {
  test("stand in the shop's zone, not in the browser's", () => {
    expect(of("en-GB").dateTime(NOON)).toBe("1 Mar 2026, 13:00");
    expect(of("en-GB", "Asia/Tokyo").time(NOON, { seconds: true })).toBe("21:00:00");
  });

  test("of a zone that the browser does not know are the browser's own", () => {
    expect(of("en", "Mars/Olympus").timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  test("that are none are a dash", () => {
    expect(of("en").date("soon")).toBe("–");
  });

  test.each([
    [-59, "59 seconds ago"],
    [-60, "1 minute ago"],
    [-3_599, "1 hour ago"],
    [-3 * 3_600, "3 hours ago"],
    [-86_400, "yesterday"],
    [-40 * 86_400, "last month"],
    [-800 * 86_400, "2 years ago"],
    [90, "in 2 minutes"],
  ])("%s seconds from now are %s", (seconds, said) => {
    const now = Date.parse(NOON);
    expect(of("en").relative(new Date(now + seconds * 1000), now)).toBe(said);
  });
});

test.each([
  [0, "0 sec"],
  [0.0004, "1 ms"],
  [0.32, "320 ms"],
  [2.5, "2.5 sec"],
  [59, "59 sec"],
  [65, "1 min 5 sec"],
  [119.6, "2 min"],
  [3_600, "1 hr"],
  [3_900, "1 hr 5 min"],
  [3 * 86_400, "3 days"],
  [Number.NaN, "–"],
])("%s seconds last %s", (seconds, said) => {
  expect(of("en").duration(seconds)).toBe(said);
});

test.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1_500, "1.5 kB"],
  [250_000_000, "250 MB"],
  [2e15, "2,000 TB"],
])("%s bytes are %s", (count, said) => {
  expect(of("en").bytes(count)).toBe(said);
});

test("shares and lists are written as the language does", () => {
  expect(plain(of("de").share(0.1234))).toBe("12,3 %");
  expect(of("pl").list(["web", "app", "till"])).toBe("web, app i till");
});
