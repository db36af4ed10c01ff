import { describe, expect, test } from "vitest";
import type { Attribute, Claim, GoldenRecord, Session } from "../data";
import { matrixOf } from "../consent/matrix";
import { isKnown, labelOf, ranked } from "../who";
import { scaled } from "./scale";
import { seriesOf } from "./series";
import { stepsOf } from "./steps";
import { rivals, whyWon } from "./why";

const claim = (value: unknown, source: string, more: Partial<Claim> = {}): Claim =>
  ({ value, source, observed_at: "2026-01-01T00:00:00Z", count: 1, claimed: false, third_party: false, ...more }) as Claim;
const attribute = (best: Claim, ...others: Claim[]) => ({ ...best, others }) as Attribute;
const rules = { trust: ["crm", "shop"], default: ["proven", "trust", "recency"], attributes: {}, third_party: [] };

describe("why a value stands", () => {
  test("what says the same is no rival", () => {
    const agreed = attribute(claim("a", "crm"), claim("a", "shop"));
    expect(rivals(agreed)).toEqual([]);
    expect(whyWon("x", agreed, rules)).toBe("agreed");
    expect(whyWon("x", attribute(claim("a", "crm")), rules)).toBe("only");
  });

  test("one's own goes before what was bought in, proven before claimed, whatever the rules", () => {
    const strict = attribute(claim("a", "crm"), claim("b", "shop", { claimed: true, observed_at: "2026-05-01T00:00:00Z" }));
    expect(whyWon("x", strict, null)).toBe("proven");
    expect(whyWon("x", attribute(claim("a", "crm", { claimed: true }), claim("b", "list", { third_party: true })), null)).toBe("firstParty");
  });

  test("then the rules' words decide in their order, and nobody guesses without them", () => {
    const two = attribute(claim("a", "crm"), claim("b", "shop", { observed_at: "2026-05-01T00:00:00Z" }));
    expect(whyWon("x", two, rules)).toBe("trust");
    expect(whyWon("x", two, null)).toBe("rule");
    const later = attribute(claim("a", "crm", { observed_at: "2026-06-01T00:00:00Z" }), claim("b", "crm"));
    expect(whyWon("x", later, rules)).toBe("recency");
    const often = attribute(claim("a", "x", { count: 3 }), claim("b", "y", { count: 2 }));
    expect(whyWon("city", often, { ...rules, attributes: { city: ["frequency"] } })).toBe("frequency");
  });
});

describe("her time in bars", () => {
  const events = (days: Record<string, number>, value: Record<string, string> = {}) => ({ count: 0, first_at: "", last_at: "", days, value: {}, value_by_day: { EUR: value } });
  const record = (all: Record<string, ReturnType<typeof events>>) => ({ activity: { events: all }, orders: { currency: "EUR" } }) as unknown as GoldenRecord;

  test("months from the first to the last, empty ones too", () => {
    const series = seriesOf(record({ "Order Completed": events({ "2026-01-31": 2, "2026-05-02": 1 }, { "2026-01-31": "12.50", "2026-05-02": "1" }) }));
    expect(series?.by).toBe("month");
    expect(series?.bars.map((bar) => bar.start)).toEqual(["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]);
    expect(series?.bars[0]).toMatchObject({ orders: 2, value: 12.5, visits: 0 });
  });

  test("weeks from Monday where there is little; a day is one visit however much was seen", () => {
    const series = seriesOf(record({ page: events({ "2026-03-01": 5, "2026-03-02": 1 }), "Product Viewed": events({ "2026-03-02": 9 }) }));
    expect(series?.by).toBe("week");
    expect(series?.bars.map((bar) => [bar.start, bar.visits])).toEqual([["2026-02-23", 1], ["2026-03-02", 1]]);
  });

  test("nothing to draw is no chart", () => {
    expect(seriesOf(record({ identify: events({ "2026-03-01": 5 }) }))).toBeNull();
  });
});

test("a giant is cut so that the others can be told apart", () => {
  expect(scaled([100, 50])).toEqual([{ share: 1, cut: false }, { share: 0.5, cut: false }]);
  expect(scaled([233_516, 14, 7]).map((bar) => bar.cut)).toEqual([true, false, false]);
  expect(scaled([233_516, 14, 7])[2]!.share).toBeCloseTo(0.357, 2);
});

test("a visit's steps go as shopping goes, and say where it was left", () => {
  const session = { landing: "/", exit: "/cart", pages: 3, product_views: 2, added_to_cart: 1, cart: { state: "abandoned", items: 1 }, checkout: "none", checkout_steps: [], orders: 0 } as unknown as Session;
  expect(stepsOf(session).map((step) => [step.name, step.mood])).toEqual([["landing", undefined], ["pages", undefined], ["views", undefined], ["cart", "left"], ["exit", undefined]]);
  expect(stepsOf({ ...session, checkout: "abandoned" }).filter((step) => step.mood === "left").map((step) => step.name)).toEqual(["checkout"]);
});

test("consent says apart what was not asked, what does not apply and what needs none", () => {
  const granted = { state: "granted" as const, at: "2026-01-01T00:00:00Z", source: "shop" };
  const purposes = [
    { purpose: "service", basis: "contract", channels: [] },
    { purpose: "marketing", basis: "consent", channels: ["email", "sms"] },
    { purpose: "personalisation", basis: "consent", channels: ["web"] },
  ];
  const matrix = matrixOf({ marketing: { email: granted } }, purposes);
  expect(matrix.channels).toEqual(["email", "sms", "web"]);
  expect(matrix.purposes.map((row) => row.cells)).toEqual([[], [granted, "unsaid", "outside"], ["outside", "outside", "unsaid"]]);
});

test("she is called by her name, else by what tells most, never by a device first", () => {
  const identifier = (kind: string, value: string) => ({ kind, value, tier: "", first_seen: "2026-01-01", last_seen: "", source: "" });
  const identifiers = [identifier("anonymous_id", "a"), identifier("club", "c"), identifier("email", "e")];
  expect(ranked(identifiers).map((each) => each.kind)).toEqual(["email", "club", "anonymous_id"]);
  expect(labelOf({ person_id: "0123456789", identifiers, attributes: {} })).toBe("e");
  expect(labelOf({ person_id: "0123456789", identifiers: [], attributes: {} })).toBe("01234567");
  expect(labelOf({ person_id: "p", identifiers, attributes: { first_name: attribute(claim("Ann", "crm")), last_name: attribute(claim("Meadow", "crm")) } })).toBe("Ann Meadow");
  expect(isKnown({ identifiers: [identifier("anonymous_id", "a")] })).toBe(false);
  expect(isKnown({ identifiers })).toBe(true);
});
