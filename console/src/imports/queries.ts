/** Imports, files and previews as the pages ask for them. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";
import { done, failed } from "../parts/undoable";

export type Import = Answer<"/api/v1/imports/{import_id}">;
export type Look = Answer<"/api/v1/imports/look", "post">;
export type Preview = Answer<"/api/v1/imports/preview", "post">;
export type InboxFile = Answer<"/api/v1/files">["files"][number];

const LIST = "/api/v1/imports";
export const FILES = "/api/v1/files";

/** It runs, or may: one of which nobody has heard for a while, and nobody said how it ended, is only slow perhaps. */
function goesOn({ state, ended_at }: Pick<Import, "state" | "ended_at">): boolean {
  return state === "running" || (state === "interrupted" && ended_at === null);
}

/** The newest imports; each second while one runs. */
export function useImports() {
  return useQuery({
    ...get(LIST),
    refetchInterval: (query) => (query.state.data?.imports.some(goesOn) ? 1_000 : 15_000),
  });
}

/** One import, each second while it runs. While the server is away it is asked on, and what was known stays. */
export function useImport(import_id: string) {
  return useQuery({
    ...get("/api/v1/imports/{import_id}", { params: { path: { import_id } } }),
    refetchInterval: (query) => (query.state.data && goesOn(query.state.data) ? 1_000 : false),
    retry: 1,
  });
}

export function useFiles() {
  return useQuery(get(FILES));
}

/** What a file seems to be. Asked for once a file and format: its bytes do not change. */
export function lookAt(file: string, format: Record<string, string> | null) {
  return queryOptions({
    queryKey: ["imports/look", file, format] as const,
    queryFn: () => send("post", "/api/v1/imports/look", { body: { file, format } }),
    staleTime: Infinity,
    retry: false,
  });
}

/** The first events of a mapping; the last answer stays while a new one is on its way. */
export function previewOf(file: string, mapping: string) {
  return queryOptions({
    queryKey: ["imports/preview", file, mapping] as const,
    queryFn: () => send("post", "/api/v1/imports/preview", { body: { file, mapping } }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
}

/** Start, cancel, run again, delete a file; each tells what was done. */
export function useActs(said: { cancelled: string; deleted: (name: string) => string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const renew = () => client.invalidateQueries({ predicate: ({ queryKey }) => [LIST, FILES, "/api/v1/imports/{import_id}"].includes(String(queryKey[0])) });
  const open = async (started: Import) => {
    void renew();
    await navigate(`/imports/${started.import_id}`);
  };
  const start = useMutation({
    mutationFn: (asked: { file: string; mapping: string }) => send("post", "/api/v1/imports", { body: { ...asked, source: null } }),
    onSuccess: open,
  });
  const again = useMutation({
    mutationFn: (import_id: string) => send("post", "/api/v1/imports/{import_id}/again", { params: { path: { import_id } } }),
    onSuccess: open,
    onError: (error) => failed(error),
  });
  const cancel = useMutation({
    mutationFn: (import_id: string) => send("post", "/api/v1/imports/{import_id}/cancel", { params: { path: { import_id } } }),
    onSuccess: () => done(said.cancelled),
    onError: (error) => failed(error),
    onSettled: renew,
  });
  const remove = useMutation({
    mutationFn: (name: string) => send("delete", "/api/v1/files/{name}", { params: { path: { name } } }),
    onSuccess: (_, name) => done(said.deleted(name)),
    onSettled: renew,
  });
  return { start, again, cancel, remove };
}
