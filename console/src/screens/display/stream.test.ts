import { describe, expect, it } from "vitest";
import { Cutter } from "./stream";

const TEXT = 'retry: 2000\n\nevent: loop\ndata: {"a":1}\n\n: alive\n\nevent: loop\r\ndata: {"b":\r\ndata: 2}\r\n\r\n';

describe("cutting a stream into events", () => {
  it("finds the same events however the text is cut", () => {
    const whole = new Cutter().feed(TEXT);
    expect(whole).toEqual([
      { name: "loop", data: '{"a":1}' },
      { name: "loop", data: '{"b":\n2}' },
    ]);
    for (let at = 1; at < TEXT.length; at++) {
      const cutter = new Cutter();
      const found = [...cutter.feed(TEXT.slice(0, at)), ...cutter.feed(TEXT.slice(at))];
      expect(found, `cut at ${at}`).toEqual(whole);
    }
  });

  it("keeps back what is not finished", () => {
    const cutter = new Cutter();
    expect(cutter.feed("event: loop\ndata: 1\n")).toEqual([]);
    expect(cutter.feed("\n")).toEqual([{ name: "loop", data: "1" }]);
  });
});
