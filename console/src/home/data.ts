/** What Home asks of the server. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useReducer, useRef, useState } from "react";
import { get } from "../api/client";
import { useLive } from "../api/live";
import type { LiveState } from "../api/live";
import { useSession } from "../app/session";
import { NOTHING, ROWS, turned, unsettled } from "./arrivals";
import type { Arrivals, LiveEvent, Turn } from "./arrivals";

const SOON = 4_000;
const USUAL = 10_000;

/** The figures; asked again sooner while nothing has come at all. */
export function useOverview() {
  return useQuery({
    ...get("/api/v1/overview"),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.events.total === 0 ? SOON : USUAL),
  });
}

/** The sources, to whom her role shows them. */
export function useSources() {
  const { may } = useSession();
  return useQuery({ ...get("/api/v1/sources"), enabled: may("sources"), staleTime: 0, refetchInterval: USUAL });
}

export interface Tick {
  at: string;
  events_per_second: number;
  lag_seconds: number;
  log_offset: number;
  processed_offset: number;
  by: { source: string; channel: string; events: number }[];
}

const MINUTE = 60;

export interface Coming extends Arrivals {
  state: LiveState;
  /** The newest second; null before the first. */
  tick: Tick | null;
  /** Events a second, the newest last; at most a minute of them. */
  rates: readonly number[];
  /** Source → when its newest event came, as far as this page saw it come. */
  lately: ReadonlyMap<string, string>;
  loading: boolean;
  stand: (still: boolean) => void;
}

/** Everything that comes in while Home is open. */
export function useComing(): Coming {
  const [arrivals, turn] = useReducer(turned, NOTHING);
  const [tick, setTick] = useState<Tick | null>(null);
  const [rates, setRates] = useState<readonly number[]>([]);
  const [lately, setLately] = useState<ReadonlyMap<string, string>>(new Map());
  const recent = useQuery({ ...get("/api/v1/live/recent", { params: { query: { limit: ROWS } } }), staleTime: 0, gcTime: 0, refetchOnMount: "always" });
  useEffect(() => {
    if (recent.data) turn({ turn: "fill", events: recent.data.events });
  }, [recent.data]);

  const state = useLive("/api/v1/live?detail=true", {
    tick: (data) => {
      const next = data as Tick;
      setTick(next);
      setRates((before) => [...before.slice(1 - MINUTE), next.events_per_second]);
      if (next.by.length > 0) setLately((before) => new Map([...before, ...next.by.map(({ source }) => [source, next.at] as const)]));
    },
    events: (data) => {
      const { events, left_out } = data as { events: LiveEvent[]; left_out: number };
      turn({ turn: "came", events, leftOut: left_out });
    },
  });
  useRefill(state, () => void recent.refetch());
  useSettled(arrivals, tick, turn);
  return { ...arrivals, state, tick, rates, lately, loading: recent.isPending, stand: (still) => turn({ turn: "still", still }) };
}

/** Events are told as they come, mostly before the loop has them: whose they are is asked once it has. */
function useSettled(arrivals: Arrivals, tick: Tick | null, turn: (turn: Turn) => void): void {
  const client = useQueryClient();
  const asking = useRef(false);
  useEffect(() => {
    const upto = tick && unsettled(arrivals, tick.processed_offset);
    if (upto === null || asking.current) return;
    asking.current = true;
    const query = { limit: ROWS, before: upto + 1 };
    client
      .fetchQuery({ ...get("/api/v1/live/recent", { params: { query } }), staleTime: 0, gcTime: 0 })
      .then(({ events }) => turn({ turn: "fill", events, upto }))
      .catch(() => undefined) // the next second asks again
      .finally(() => (asking.current = false));
  }, [arrivals, tick, client, turn]);
}

/** What came while the connection was away is fetched once it is there again. */
function useRefill(state: LiveState, refill: () => void): void {
  const before = useRef<LiveState>("connecting");
  const latest = useRef(refill);
  useEffect(() => {
    latest.current = refill;
  });
  const gap = useRef(false);
  useEffect(() => {
    if (before.current === "live" && state !== "live") gap.current = true;
    if (state === "live" && gap.current) {
      gap.current = false;
      latest.current();
    }
    before.current = state;
  }, [state]);
}
