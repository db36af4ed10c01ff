/** Segments as the pages ask for them. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";

export type Segment = Answer<"/api/v1/segments">["segments"][number];
export type Preview = Answer<"/api/v1/segments/preview", "post">;
export type Discovery = Answer<"/api/v1/segments/discover", "post">;
export type Discovered = Discovery["segments"][number];
export type Condition = Record<string, unknown>;

const LIST = "/api/v1/segments";
const COUNTING = 2_000;
const CALM = 15_000;

/** All segments; sooner again while one is still being judged. */
export function useSegments() {
  return useQuery({ ...get(LIST), refetchInterval: (query) => (query.state.data?.segments.some(({ settled }) => !settled) ? COUNTING : CALM) });
}

export function useSegment(name: string) {
  return useQuery({ ...get("/api/v1/segments/{name}", { params: { path: { name } } }), refetchInterval: (query) => (query.state.data?.settled === false ? COUNTING : CALM) });
}

export function useHistory(name: string) {
  return useQuery(get("/api/v1/segments/{name}/history", { params: { path: { name }, query: { days: 30 } } }));
}

/** Who is in it; asked anew when their number changes. */
export function useMembers({ name, count }: Segment, may: boolean) {
  return useInfiniteQuery({
    queryKey: ["/api/v1/segments/{name}/members", name, count] as const,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) => send("get", "/api/v1/segments/{name}/members", { params: { path: { name }, query: pageParam ? { limit: 50, after: pageParam } : { limit: 50 } } }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: may,
  });
}

/** Whom a condition finds; the last answer stays while a new one is on its way. */
export function previewOf(when: Condition, name: string | null) {
  return queryOptions({
    queryKey: ["segments/preview", when, name] as const,
    queryFn: () => send("post", "/api/v1/segments/preview", { body: name === null ? { when, sample: 10 } : { when, name, sample: 10 } }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export interface Saved {
  name: string;
  when: Condition;
  title: string;
  description: string;
}

/** Put a segment in force, or take it out; both can be taken back. */
export function useShape() {
  const client = useQueryClient();
  const renew = () => client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).includes("/segments") || String(queryKey[0]).includes("/definitions") });
  const put = useMutation({
    mutationFn: ({ name, ...body }: Saved) => send("put", "/api/v1/segments/{name}", { params: { path: { name } }, body }),
    onSuccess: renew,
  });
  const drop = useMutation({
    mutationFn: (name: string) => send("delete", "/api/v1/segments/{name}", { params: { path: { name } } }),
    onSuccess: renew,
  });
  return { put, drop };
}

/** What conditions can name: traits, attributes, predictions, other segments, purposes. */
export function useVocabulary() {
  const traits = useQuery({ ...get("/api/v1/traits"), staleTime: 60_000 });
  const segments = useQuery({ ...get(LIST), staleTime: 15_000 });
  return {
    traits: traits.data?.traits.map(({ name }) => name) ?? [],
    segments: segments.data?.segments.map(({ name }) => name) ?? [],
  };
}
