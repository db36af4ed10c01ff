/** Traits as the pages ask for them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
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
  const attempt = useMutation({ mutationFn: (definition: Definition) => send("post", "/api/v1/traits/preview", { body: { definition } }) });
  return { put, drop, count, attempt };
}
