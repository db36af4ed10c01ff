import { describe, expect, test } from "vitest";
import { dayTeller, endOfDay, rowsOf } from "./events";
import type { TimelineEvent } from "./events";
import { kindOf } from "./kinds";
import { pieces } from "./words";

function event(message_id: string, timestamp: string, source = "web"): TimelineEvent {
  return { message_id, source, channel: "web", type: "track", event: "Seen", timestamp, received_at: timestamp, fragment_id: "", properties: {}, traits: {}, context: {} };
}

describe("rowsOf", () => {
  test("the first event of each day of the shop's says the day", () => {
    const events = [event("c", "2017-12-31T22:30:00Z"), event("b", "2017-12-31T21:00:00Z"), event("a", "2017-12-30T12:00:00Z")];
    expect(rowsOf(events, dayTeller("Europe/Berlin")).map((row) => row.day)).toEqual(["2017-12-31", null, "2017-12-30"]);
    expect(rowsOf(events, dayTeller("Asia/Tokyo")).map((row) => row.day)).toEqual(["2018-01-01", null, "2017-12-30"]);
  });

  test("an event that two pages tell stands once, two sources' of one id stand both", () => {
    const at = "2017-12-31T22:30:00Z";
    expect(rowsOf([event("a", at), event("a", at), event("a", at, "till")], dayTeller("UTC"))).toHaveLength(2);
  });
});

describe("endOfDay", () => {
  test.each([
    ["2017-06-01", "UTC", "2017-06-01T23:59:59.999Z"],
    ["2017-06-01", "Europe/Berlin", "2017-06-01T21:59:59.999Z"],
    ["2017-12-31", "America/New_York", "2018-01-01T04:59:59.999Z"],
    ["2017-10-29", "Europe/Berlin", "2017-10-29T22:59:59.999Z"],
    ["2017-03-26", "Europe/Berlin", "2017-03-26T21:59:59.999Z"],
  ])("%s in %s ends at %s", (day, zone, end) => {
    expect(endOfDay(day, zone)).toBe(end);
  });

  test("what is no day has no end", () => {
    expect(endOfDay("", "UTC")).toBeNull();
    expect(endOfDay("yesterday", "UTC")).toBeNull();
  });
});

test("an event called like something every object has is an unknown one", () => {
  expect(kindOf({ type: "track", event: "constructor" }).family).toBe("other");
  expect(kindOf({ type: "track", event: "Order Completed" }).family).toBe("order");
});

test("pieces count quantities, and one where none is said", () => {
  expect(pieces([{ quantity: 2 }, { name: "x" }, null])).toBe(4);
  expect(pieces([])).toBeNull();
  expect(pieces("many")).toBeNull();
});
