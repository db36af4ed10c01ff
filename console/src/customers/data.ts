/** Persons at a glance: found, lately active, all. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";

export type Glance = Answer<"/api/v1/persons/list">["persons"][number];

const FOUND = 20;
const RECENT = 50;
const PAGE = 200;
const AGAIN = 15_000;

/** Whom this text finds; what was found before stays while the next comes. */
export function useFound(text: string) {
  return useQuery({
    queryKey: ["/api/v1/persons/search", text],
    queryFn: () => send("post", "/api/v1/persons/search", { body: { text, limit: FOUND } }),
    enabled: text !== "",
    placeholderData: text === "" ? undefined : keepPreviousData,
    // what was looked for does not stay in memory for long
    gcTime: 60_000,
  });
}

/** Who was active lately, read again as they come. */
export function useRecent() {
  return useQuery({ ...get("/api/v1/persons/recent", { params: { query: { limit: RECENT } } }), refetchInterval: AGAIN });
}

/** All of a kind, page by page. */
export function useAll(known: boolean | undefined) {
  const answer = useInfiniteQuery({
    queryKey: ["/api/v1/persons/list", known ?? "all"],
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE, ...(known === undefined ? {} : { known }), ...(pageParam === null ? {} : { after: pageParam }) };
      return send("get", "/api/v1/persons/list", { params: { query } });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 60_000,
  });
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.persons) ?? [], [answer.data]);
  return { ...answer, rows, total: answer.data?.pages.at(-1)?.total };
}
