/** Traits as the pages ask for them. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";
import { failed } from "../parts";

export type Trait = Answer<"/api/v1/traits">["traits"][number];
export type Detail = Answer<"/api/v1/traits/{name}">;
export type Tried = Answer<"/api/v1/traits/preview", "post">;
export type Definition = Record<string, unknown>;

const COUNTING = 2_000;
const CALM = 20_000;

export function useTraits() {
  return useQuery({ ...get("/api/v1/traits"), refetchInterval: (query) => (query.state.data?.traits.some(({ backfill }) => backfill.state !== "done") ? COUNTING : CALM) });
}

export function useTrait(name: string) {
  return useQuery({ ...get("/api/v1/traits/{name}", { params: { path: { name } } }), refetchInterval: (query) => (query.state.data && query.state.data.trait.backfill.state !== "done" ? COUNTING : CALM) });
}

/** Put a trait in force, take it out, count its past again, try one. */
export function useShape() {
  const client = useQueryClient();
  const renew = () => client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).includes("/traits") || String(queryKey[0]).includes("/definitions") });
  const put = useMutation({
    mutationFn: ({ name, definition }: { name: string; definition: Definition }) => send("put", "/api/v1/traits/{name}", { params: { path: { name } }, body: { definition } }),
    onSuccess: renew,
  });
  const drop = useMutation({ mutationFn: (name: string) => send("delete", "/api/v1/traits/{name}", { params: { path: { name } } }), onSuccess: renew });
  const count = useMutation({
    mutationFn: (name: string) => send("post", "/api/v1/traits/{name}/backfill", { params: { path: { name } } }),
    onSuccess: renew,
    onError: (error) => failed(error),
  });
  return { put, drop, count };
}

const TRIED = 12;

/** Some customers who ordered, newest first, by an identifier each: of others most traits tell nothing. */
function useSample() {
  return useQuery({
    ...get("/api/v1/persons/list", { params: { query: { limit: 200, known: true } } }),
    staleTime: Infinity,
    select: ({ persons }) => persons.filter(({ orders, identifiers }) => orders > 0 && identifiers.length > 0).slice(0, TRIED).map(({ identifiers }) => `${identifiers[0]!.kind}:${identifiers[0]!.value}`),
  });
}

/** What a definition gives for a sample of customers; null: it is not whole yet. */
export function useTried(name: string, definition: Definition | null) {
  const { data: persons, isPending } = useSample();
  return useQuery({
    queryKey: ["traits/preview", name, definition, persons] as const,
    queryFn: () => send("post", "/api/v1/traits/preview", { body: { definition: { traits: { [name]: definition } }, ...(persons && persons.length > 0 ? { persons } : {}) } }),
    enabled: definition !== null && !isPending,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}
