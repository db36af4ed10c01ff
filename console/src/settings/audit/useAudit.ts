import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { send } from "../../api/client";
import type { Answer } from "../../api/client";
import { get } from "../../api/client";
import { usersQuery } from "../users/users";

const PAGE = 100;

/** The audit log page by page, newest first, and the names of users by their ids. */
export function useAudit() {
  const pages = useInfiniteQuery({
    queryKey: ["/api/v1/audit", "pages"],
    queryFn: ({ pageParam }) => send("get", "/api/v1/audit", { params: { query: { limit: PAGE, ...(pageParam === null ? {} : { before: pageParam }) } } }) as Promise<Answer<"/api/v1/audit">>,
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
  const users = useQuery(usersQuery).data?.users;
  const names = useMemo(() => new Map((users ?? []).map(({ user_id, name }) => [user_id, name])), [users]);
  const entries = useMemo(() => pages.data?.pages.flatMap(({ acts }) => acts) ?? [], [pages.data]);
  return { pages, entries, names };
}

/** How far an erasure has come, and its proof. */
export const erasureQuery = (erasure_id: string) => get("/api/v1/erasures/{erasure_id}", { params: { path: { erasure_id } } });
