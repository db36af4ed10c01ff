/** Sources as the server tells them, and what is done with them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";

export type Source = Answer<"/api/v1/sources">["sources"][number];
export type SourceKey = Source["keys"][number];
export type Snippet = Answer<"/api/v1/sources/{name}/snippets">["snippets"][number];

const listed = get("/api/v1/sources");

/** Every source, asked again every ten seconds. */
export function useSources() {
  return useQuery({ ...listed, refetchInterval: 10_000 });
}

/** What to paste for a source. */
export function useSnippets(name: string) {
  return useQuery({ ...get("/api/v1/sources/{name}/snippets", { params: { path: { name } } }), staleTime: Infinity });
}

/** A change of sources; the lists that show them are asked again. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all([client.invalidateQueries({ queryKey: listed.queryKey }), client.invalidateQueries({ queryKey: ["/api/v1/keys"] })]),
  });
}

const named = (name: string) => ({ params: { path: { name } } });

export const addSource = (body: { name: string; trusted: boolean }) => send("post", "/api/v1/sources", { body });
export const addKey = (name: string) => send("post", "/api/v1/sources/{name}/keys", named(name));
export const revokeKey = (key_id: string) => send("delete", "/api/v1/keys/{key_id}", { params: { path: { key_id } } });
export const renewSecret = (name: string) => send("post", "/api/v1/sources/{name}/identity-secret", named(name));
export const switchSource = ({ name, enabled }: { name: string; enabled: boolean }) =>
  send("patch", "/api/v1/sources/{name}", { ...named(name), body: { enabled } });
