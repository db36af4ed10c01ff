/** The data of the timeline: endless pages, what there is to choose from, and whether anything newer came. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, sendAs } from "../../api/client";
import { useFormat } from "../../parts/format";
import { dayTeller, keyOf, rowsOf } from "./events";
import type { TimelineEvent, TimelinePage } from "./events";

export interface Chosen {
  channel: string[];
  source: string[];
  type: string[];
  event: string[];
}

export const NOTHING: Chosen = { channel: [], source: [], type: [], event: [] };
const PAGE = 100;
const POLL = 15_000;

/** Whether any filter is on. */
export function isFiltered(chosen: Chosen): boolean {
  return Object.values(chosen).some((values) => values.length > 0);
}

function ask(personId: string, query: Record<string, string | number | readonly string[] | undefined>, signal: AbortSignal): Promise<TimelinePage> {
  return sendAs<TimelinePage>("get", `/api/v1/persons/${encodeURIComponent(personId)}/timeline`, undefined, query, signal);
}

/** Rows from `until` (null: the newest) back, as far as was scrolled. */
export function useTimeline(personId: string, chosen: Chosen, until: string | null) {
  const { timeZone } = useFormat();
  const client = useQueryClient();
  const only = {
    channel: chosen.channel.length > 0 ? chosen.channel : undefined,
    source: chosen.source.length > 0 ? chosen.source : undefined,
    type: chosen.type.length > 0 ? chosen.type : undefined,
    event: chosen.event.length > 0 ? chosen.event : undefined,
  };
  const key = ["/api/v1/persons/{person_id}/timeline", personId, only, until] as const;
  const pages = useInfiniteQuery({
    queryKey: key,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      ask(personId, { limit: PAGE, ...only, ...(pageParam === null ? { until: until ?? undefined } : { after: pageParam }) }, signal),
    getNextPageParam: (page) => page.next,
    staleTime: Infinity,
  });
  const events = useMemo(() => pages.data?.pages.flatMap((page) => page.events), [pages.data]);
  const rows = useMemo(() => (events ? rowsOf(events, dayTeller(timeZone)) : null), [events, timeZone]);
  const newest = useNewest(personId, events !== undefined && until === null && !isFiltered(chosen));
  const behind = newest !== null && events !== undefined && !events.slice(0, PAGE).some((event) => keyOf(event) === keyOf(newest));
  return { ...pages, rows, behind, renew: () => client.resetQueries({ queryKey: key, exact: true }) };
}

/** Her newest event, asked for again and again while somebody looks. */
function useNewest(personId: string, wanted: boolean): TimelineEvent | null {
  const answer = useQuery({
    queryKey: ["/api/v1/persons/{person_id}/timeline", personId, "newest"],
    queryFn: ({ signal }) => ask(personId, { limit: 1 }, signal),
    enabled: wanted,
    refetchInterval: POLL,
    staleTime: POLL,
    retry: false,
  });
  return (wanted && answer.data?.events[0]) || null;
}

export interface Offered {
  channel: string[];
  source: string[];
  type: string[];
  event: { name: string; count: number }[];
}

const TYPES = ["track", "page", "screen", "identify", "group", "alias"];

/** What filters can choose from: what her record knows, and what the events seen so far are. */
export function useOffered(personId: string, rows: readonly { event: TimelineEvent }[] | null): Offered {
  const record = useQuery(get("/api/v1/persons/{person_id}", { params: { path: { person_id: personId } } }));
  return useMemo(() => {
    const [channel, source, type] = [new Set<string>(), new Set<string>(), new Set<string>()];
    const counts = new Map<string, number>();
    const known = record.data;
    for (const each of known?.favourites.channel ?? []) channel.add(each.value);
    for (const each of known?.identifiers ?? []) source.add(each.source);
    for (const [name, part] of Object.entries(known?.activity.events ?? {})) {
      if (TYPES.includes(name)) type.add(name);
      else counts.set(name, part.count);
    }
    for (const { event } of rows ?? []) {
      channel.add(event.channel);
      source.add(event.source);
      type.add(event.type);
      if (event.type === "track" && !counts.has(event.event)) counts.set(event.event, 0);
    }
    if (counts.size > 0) type.add("track");
    return {
      channel: [...channel],
      source: [...source].filter(Boolean).sort(),
      type: TYPES.filter((each) => type.has(each)),
      event: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || a.name.localeCompare(b.name)),
    };
  }, [record.data, rows]);
}
