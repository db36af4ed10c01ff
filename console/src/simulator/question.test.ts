import { describe, expect, test } from "vitest";
import { atHour, changed, clockOf, daysLater, instantOf, linkOf, NOTHING, read, requestOf, written } from "./question";
import type { Question } from "./question";

const WHOLE: Question = {
  person: "0123456789abcdef0123456789abcdef",
  placement: "home_hero",
  at: "2026-11-22T18:30",
  store: "s 1&2",
  weather: { sky: "rain", degrees: 7.5 },
  locale: "de-AT",
  basket: [{ sku: "a,b*c@d", quantity: 2, price: 1.99 }, { sku: "x", quantity: 1, price: null }],
  consent: false,
};

describe("the address", () => {
  test("holds the whole question", () => {
    expect(read(new URLSearchParams(written(WHOLE).toString()))).toEqual({ question: WHOLE, change: null });
    expect(read(new URLSearchParams())).toEqual({ question: NOTHING, change: null });
  });

  test("holds one thing that is otherwise, nothing too", () => {
    const nobody = { part: "person", value: null } as const;
    expect(read(written(WHOLE, nobody)).change).toEqual(nobody);
    const empty = { part: "basket", value: [] } as { part: "basket"; value: [] };
    expect(read(written(WHOLE, empty)).change).toEqual(empty);
    expect(changed(WHOLE, nobody)).toEqual({ ...WHOLE, person: null });
  });

  test.each(["weather=hail:3", "at=tomorrow", "at=2026-13-40T10:00", "consent=perhaps", "person=ann@example.com", "basket=%"])("leaves out what it cannot mean: %s", (said) => {
    expect(read(new URLSearchParams(said)).question).toEqual(NOTHING);
  });

  test("keeps a temperature within reason", () => {
    expect(read(new URLSearchParams("weather=sun:900")).question.weather).toEqual({ sky: "sun", degrees: 60 });
    expect(read(new URLSearchParams("weather=snow")).question.weather).toEqual({ sky: "snow", degrees: -2 });
  });
});

describe("clocks", () => {
  test.each([
    ["2026-01-15T12:00", "Europe/Berlin", "2026-01-15T11:00:00.000Z"],
    ["2026-07-15T12:00", "Europe/Berlin", "2026-07-15T10:00:00.000Z"],
    ["2026-07-15T12:00", "America/New_York", "2026-07-15T16:00:00.000Z"],
    ["2026-07-15T00:15", "Asia/Kolkata", "2026-07-14T18:45:00.000Z"],
  ])("%s in %s", (clock, zone, instant) => {
    expect(new Date(instantOf(clock, zone)).toISOString()).toBe(instant);
    expect(clockOf(Date.parse(instant), zone)).toBe(clock);
  });

  test("an hour over which they leap is the one after", () => {
    expect(clockOf(instantOf("2026-03-29T02:30", "Europe/Berlin"), "Europe/Berlin")).toMatch(/T0[13]:30$/);
  });

  test("another hour, another day", () => {
    expect(atHour("2026-02-28T09:41", 19)).toBe("2026-02-28T19:00");
    expect(daysLater("2026-02-28T09:41", 1)).toBe("2026-03-01T09:41");
  });
});

test("what is sent says only what was said", () => {
  const setting = { zone: "Europe/Berlin", now: Date.parse("2026-01-01T10:00:00Z"), seed: 3, identifiers: { email: "ann@example.com" } };
  expect(requestOf({ ...NOTHING, placement: "till" }, setting)).toEqual({
    placement: "till", identifiers: {}, context: {}, at: "2026-01-01T10:00:00.000Z", explain: true, suppose: { seed: 3, consent: null },
  });
  const whole = requestOf(WHOLE, setting);
  expect(whole.identifiers).toEqual({ email: "ann@example.com" });
  expect(whole.at).toBe("2026-11-22T17:30:00.000Z");
  expect(whole.context).toEqual({
    store: "s 1&2", locale: "de-AT", weather: { temp_c: 7.5, rain: true, rain_mm: 4, snow_cm: 0 },
    basket: [{ sku: "a,b*c@d", quantity: 2, price: 1.99 }, { sku: "x", quantity: 1 }],
  });
});

test("a decision of the log leads to its question", () => {
  const decision = { placement: "till", person_id: WHOLE.person, at: "2026-01-15T11:00:00.000Z" };
  const link = linkOf({ decision, context: { store: "s1", weather: { temp_c: 2, snow_cm: 3 }, locale: "pl" }, basket: { skus: ["p"] } } as never, "Europe/Berlin");
  expect(read(new URLSearchParams(link.split("?")[1])).question).toEqual({
    ...NOTHING, person: WHOLE.person, placement: "till", at: "2026-01-15T12:00", store: "s1", locale: "pl",
    weather: { sky: "snow", degrees: 2 }, basket: [{ sku: "p", quantity: 1, price: null }],
  });
});
