// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useLive } from "./live";

class Stream {
  static last: Stream | null = null;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly told = new Map<string, ((event: { data: string }) => void)[]>();
  constructor(readonly url: string) {
    Stream.last = this;
  }
  addEventListener(name: string, hear: (event: { data: string }) => void) {
    this.told.set(name, [...(this.told.get(name) ?? []), hear]);
  }
  say(name: string, data: unknown) {
    for (const hear of this.told.get(name) ?? []) hear({ data: JSON.stringify(data) });
  }
  close() {}
}

beforeEach(() => vi.stubGlobal("EventSource", Stream));
afterEach(() => vi.unstubAllGlobals());

test("it is live from the first tick on, for only then nothing is missed that is not asked for", () => {
  const { result } = renderHook(() => useLive("/live", {}));
  act(() => Stream.last!.onopen!());
  expect(result.current).toBe("connecting");
  act(() => Stream.last!.say("tick", {}));
  expect(result.current).toBe("live");
});

test("after a break it is live again from the next tick on", () => {
  vi.useFakeTimers();
  const { result } = renderHook(() => useLive("/live", {}));
  act(() => Stream.last!.say("tick", {}));
  act(() => Stream.last!.onerror!());
  expect(result.current).toBe("reconnecting");
  act(() => vi.advanceTimersByTime(2_000));
  act(() => Stream.last!.onopen!());
  expect(result.current).toBe("reconnecting");
  act(() => Stream.last!.say("tick", {}));
  expect(result.current).toBe("live");
  vi.useRealTimers();
});
