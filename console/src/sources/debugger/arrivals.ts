import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { get } from "../../api/client";
import { useLive } from "../../api/live";
import type { LiveState } from "../../api/live";
import { merged, rowsOf } from "./rows";
import type { Letter, LiveEvent, Row } from "./rows";

const SETTLES = 1_500;
const FRESH = 30_000;

export interface Arrivals {
  /** Newest first, at most 200. */
  rows: Row[];
  state: LiveState;
  /** How many more came than were told, since the page was opened. */
  leftOut: number;
  pending: boolean;
  error: unknown;
  retry: () => void;
}

/** What comes from a source: the newest first, then all that comes, as it comes. */
export function useArrivals(source: string): Arrivals {
  const [came, setCame] = useState<Row[]>([]);
  const [leftOut, setLeftOut] = useState(0);
  const recent = useQuery({ ...get("/api/v1/live/recent", { params: { query: { source, limit: 50 } } }), staleTime: 0, gcTime: 0 });
  const state = useLive(`/api/v1/live?source=${encodeURIComponent(source)}&detail=true`, {
    events: (data) => {
      const told = data as { events: LiveEvent[]; left_out: number };
      setCame((rows) => merged(rows, rowsOf(told)));
      if (told.left_out > 0) setLeftOut((sum) => sum + told.left_out);
    },
    letters: (data) => setCame((rows) => merged(rows, rowsOf(data as { letters: Letter[] }))),
  });
  const rows = useMemo(() => merged(came, recent.data ? rowsOf(recent.data) : []), [came, recent.data]);
  useAgain(rows, state, recent.refetch);
  return { rows, state, leftOut, pending: recent.isPending, error: recent.error, retry: () => void recent.refetch() };
}

/** Ask again for what was missed while not listening, and for whose the newest events turned out to be. */
function useAgain(rows: Row[], state: LiveState, again: () => unknown): void {
  const ask = useRef(again);
  useEffect(() => {
    ask.current = again;
  });
  useEffect(() => {
    if (state === "live") void ask.current();
  }, [state]);
  const unsettled = rows.find((row) => row.event && !row.event.person_id && Date.now() - Date.parse(row.at) < FRESH)?.key;
  useEffect(() => {
    if (unsettled === undefined) return;
    const timer = setInterval(() => void ask.current(), SETTLES);
    const end = setTimeout(() => clearInterval(timer), 4 * SETTLES);
    return () => {
      clearInterval(timer);
      clearTimeout(end);
    };
  }, [unsettled]);
}
