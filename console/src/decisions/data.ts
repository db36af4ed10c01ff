/** The log of decisions, and what there is to decide, as the pages ask for them. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import type { InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";
import { useSession } from "../app/session";
import { asItIs, newerThan } from "./log";

export type LogPage = Answer<"/api/v1/decisions">;
export type Decision = LogPage["decisions"][number];
export type Outcome = Decision["slots"][number];
export type Whole = Answer<"/api/v1/decisions/{decision_id}">;
export type Explanation = Whole["explanation"];
export type Dropped = Explanation["dropped"][number];
export type Stage = Dropped["stage"];
export type Scored = Explanation["scores"][number];
export type Slot = NonNullable<Whole["slots"]>[number];
export type Placement = Answer<"/api/v1/definitions">["rules"]["placements"][number];
export type Action = Answer<"/api/v1/definitions">["rules"]["actions"][number];

export const OUTCOMES = ["returned", "shown", "clicked", "dismissed", "accepted"] as const;
export type OutcomeName = (typeof OUTCOMES)[number];

const LOG = "/api/v1/decisions";
const PAGE = 50;
const SOON = 3_000;
const CALM = 10_000;

export interface Filter {
  placement?: string;
  person?: string;
  fallback?: boolean;
  outcome?: OutcomeName;
}

const ask = (filter: Filter, after?: string) => send("get", LOG, { params: { query: { ...filter, limit: PAGE, ...(after ? { after } : {}) } } });

/**
 * The log, newest first. What comes while it is open waits in `fresh` until `renew` brings it,
 * so that nothing moves under who reads; what becomes of those shown is told where they stand.
 */
export function useLog(filter: Filter, paused: boolean) {
  const client = useQueryClient();
  const key = [LOG, "log", filter] as const;
  const shown = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(filter, pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
    gcTime: 0,
  });
  const newest = useQuery({
    queryKey: [LOG, "newest", filter] as const,
    queryFn: () => ask(filter),
    refetchInterval: paused ? false : SOON,
    enabled: !paused && shown.data !== undefined,
    staleTime: 0,
    gcTime: 0,
  });
  const rows = useMemo(() => asItIs(shown.data?.pages.flatMap((page) => page.decisions) ?? [], newest.data?.decisions ?? []), [shown.data, newest.data]);
  const fresh = useMemo(() => (newest.data ? newerThan(rows[0], newest.data.decisions) : 0), [newest.data, rows]);
  const renew = () => {
    const page = newest.data;
    if (page) client.setQueryData<InfiniteData<LogPage, string>>(key, { pages: [page], pageParams: [""] });
  };
  return { ...shown, rows, fresh, renew, away: newest.isError };
}

/** One decision; what becomes of it is asked for now and then. */
export function useDecision(id: string) {
  return useQuery({ ...get("/api/v1/decisions/{decision_id}", { params: { path: { decision_id: id } } }), refetchInterval: (query) => (query.state.error ? false : CALM) });
}

/** Placements and actions in force, by name; empty until they are known. */
export function useWhat() {
  const { may } = useSession();
  const { data, error, refetch, isPending } = useQuery({ ...get("/api/v1/definitions"), enabled: may("definitions"), staleTime: 60_000 });
  return useMemo(() => {
    const placements = data?.rules.placements ?? [];
    const actions = data?.rules.actions ?? [];
    const titles = new Map([...actions, ...placements].map(({ name, title }) => [name, title || spaced(name)]));
    return {
      placements,
      actions,
      pending: isPending,
      error,
      refetch,
      /** What it is called; a name that is no longer defined stands for itself. */
      called: (name: string) => titles.get(name) ?? spaced(name),
    };
  }, [data, error, refetch, isPending]);
}

function spaced(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
