import { describe, expect, test } from "vitest";
import { aliveOf } from "./aliveness";
import { cameWith, callOf, chosen, KEPT, merged, rowsOf } from "./debugger/rows";
import type { Letter, LiveEvent } from "./debugger/rows";
import { filled, installOf, tryLine } from "./filled";
import { faultOf, freeName } from "./naming";

const AT = "2026-01-01T00:00:00.000000Z";
const event = (log_offset: number, more: Partial<LiveEvent> = {}): LiveEvent => ({
  log_offset, received_at: AT, timestamp: AT, source: "web", channel: "web", type: "track", event: "Product Viewed",
  message_id: `m${log_offset}`, fragment_id: "f", person_id: null, marks: [], ...more,
});
const letter = (id: string, raw: string): Letter => ({ dead_letter_id: id, source: "web", received_at: AT, reason: "wrong_type", detail: "d", raw });

describe("names of sources", () => {
  test.each([["web-shop", null], ["a", null], ["Web", "shape"], ["1st", "shape"], ["", "shape"], ["ü", "shape"], [`a${"b".repeat(40)}`, "shape"], ["till", "taken"]])("%s", (name, fault) => {
    expect(faultOf(name, ["till"])).toBe(fault);
  });
  test("a suggested name is free", () => {
    expect(freeName("till", [])).toBe("till");
    expect(freeName("till", ["till", "till-2"])).toBe("till-3");
  });
});

test("a source is alive as long as events are fresh", () => {
  const now = Date.parse(AT);
  expect(aliveOf({ enabled: true, last_event_at: AT }, now + 60_000)).toBe("live");
  expect(aliveOf({ enabled: true, last_event_at: AT }, now + 600_000)).toBe("quiet");
  expect(aliveOf({ enabled: true, last_event_at: null }, now)).toBe("never");
  expect(aliveOf({ enabled: false, last_event_at: AT }, now)).toBe("off");
});

describe("snippets", () => {
  const snippet = { language: "javascript", title: "Node: @segment/analytics-node", code: "a '{write_key}' b '{write_key}'\n" };
  test("the key stands in every place, or a word does", () => {
    expect(filled(snippet, "k$&1")).toBe("a 'k$&1' b 'k$&1'");
    expect(filled(snippet, null)).toBe("a 'YOUR_KEY' b 'YOUR_KEY'");
  });
  test("what is used is installed", () => {
    expect(installOf(snippet)).toBe("npm install @segment/analytics-node");
    expect(installOf({ ...snippet, language: "shell", title: "Anything else: curl" })).toBeNull();
  });
  test("the line to try speaks with this server", () => {
    expect(tryLine("https://s.example", "k")).toContain("curl -u k: https://s.example/v1/track");
  });
});

describe("rows of the debugger", () => {
  test("each once, newest first, never more than are kept", () => {
    const many = Array.from({ length: KEPT + 20 }, (_, n) => event(n));
    const rows = merged(rowsOf({ events: many.slice(0, 150) }), rowsOf({ events: many.slice(100) }));
    expect(rows).toHaveLength(KEPT);
    expect(rows[0]!.key).toBe(`e${KEPT + 19}`);
    expect(new Set(rows.map((row) => row.key)).size).toBe(KEPT);
  });
  test("whose an event is, once known, stays known", () => {
    const known = rowsOf({ events: [event(1, { person_id: "p" })] });
    const unknown = rowsOf({ events: [event(1)] });
    expect(merged(known, unknown)[0]!.event!.person_id).toBe("p");
    expect(merged(unknown, known)[0]!.event!.person_id).toBe("p");
  });
  test("filters and words choose", () => {
    const rows = rowsOf({ events: [event(1), event(2, { marks: ["repeated"] })], letters: [letter("x", '{"type":"track","name":"Mug"}')] });
    expect(chosen(rows, "refused", "").map((row) => row.key)).toEqual(["lx"]);
    expect(chosen(rows, "marked", "").map((row) => row.key)).toEqual(["e2"]);
    expect(chosen(rows, "all", " MUG ").map((row) => row.key)).toEqual(["lx"]);
  });
  test("what was called is told even where it was refused", () => {
    expect(callOf(rowsOf({ letters: [letter("x", '{"type":"track","event":"Seen"}')] })[0]!)).toEqual({ call: "track", event: "Seen" });
    for (const raw of ["{", "null", '"text"', '{"type": 7}']) expect(callOf(rowsOf({ letters: [letter("x", raw)] })[0]!)).toEqual({ call: null, event: null });
  });
  test("what came is shown without what Segue added", () => {
    expect(cameWith(event(1, { body: { log_offset: 1, type: "track", event: "", traits: {}, properties: { a: 0 }, marks: ["x"] } }))).toEqual({ type: "track", properties: { a: 0 } });
  });
});
