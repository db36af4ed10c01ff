/** Actions and placements as the pages ask for them. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";

export type Action = Answer<"/api/v1/actions">["actions"][number];
export type ActionWhole = Answer<"/api/v1/actions/{name}">;
export type Earned = Action["earned"];
export type Falls = ActionWhole["falls"];
export type Tried = Answer<"/api/v1/actions/try", "post">;
export type Written = Tried["contents"][number];
export type EntryProblem = Tried["problems"][number];
export type EntryVersion = Answer<"/api/v1/actions/{name}/history">["versions"][number];
export type Placement = Answer<"/api/v1/placements">["placements"][number];
export type PlacementWhole = Answer<"/api/v1/placements/{name}">;
export type TriedPlacement = Answer<"/api/v1/placements/try", "post">;
export type Definition = Record<string, unknown>;
/** What a page edits: one entry of a file. */
export type Section = "actions" | "placements";

const CALM = 15_000;
export const LATELY = 7;
export const LONGER = 30;

export function useActions() {
  return useQuery({ ...get("/api/v1/actions", { params: { query: { days: LATELY } } }), refetchInterval: CALM });
}

export function useAction(name: string) {
  return useQuery({ ...get("/api/v1/actions/{name}", { params: { path: { name }, query: { days: LONGER } } }), refetchInterval: CALM });
}

export function usePlacements() {
  return useQuery({ ...get("/api/v1/placements", { params: { query: { days: LATELY } } }), refetchInterval: CALM });
}

export function usePlacement(name: string) {
  return useQuery({ ...get("/api/v1/placements/{name}", { params: { path: { name }, query: { days: LONGER } } }), refetchInterval: CALM });
}

/** What an entry said before, the latest first. */
export function useVersions(section: Section, name: string) {
  return useQuery(
    section === "actions"
      ? get("/api/v1/actions/{name}/history", { params: { path: { name } } })
      : (get("/api/v1/placements/{name}/history", { params: { path: { name } } }) as unknown as ReturnType<typeof get<"/api/v1/actions/{name}/history">>),
  );
}

/** For whom contents are written out. */
export interface Supposed {
  person: string | null;
  discount: number;
  context: Record<string, unknown>;
}

export const NOBODY: Supposed = { person: null, discount: 0, context: {} };

/** What a draft would be; the last answer stays while a new one is on its way. */
export function tryOf(name: string, definition: Definition | string, supposed: Supposed) {
  return queryOptions({
    queryKey: ["actions/try", name, definition, supposed] as const,
    queryFn: () => tryAction(name, definition, supposed),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
}

export function tryAction(name: string, definition: Definition | string, { person, discount, context }: Supposed = NOBODY): Promise<Tried> {
  return send("post", "/api/v1/actions/try", { body: { name, definition, discount, context, ...(person === null ? {} : { person_id: person }) } });
}

export function tryPlacement(name: string, definition: Definition | string): Promise<TriedPlacement> {
  return send("post", "/api/v1/placements/try", { body: { name, definition } });
}

export interface Put {
  name: string;
  definition: Definition;
  /** Of what it was made from, "" for a new one; left out: whatever it says. */
  revision?: string;
}

/** Put an action or a placement in force, or take it out; both can be taken back. */
export function useDefine(section: Section) {
  const client = useQueryClient();
  const renew = () => client.invalidateQueries({ predicate: ({ queryKey }) => /\/(actions|placements|definitions|audit)/.test(String(queryKey[0])) });
  const put = useMutation({
    mutationFn: ({ name, ...body }: Put) => send("put", section === "actions" ? "/api/v1/actions/{name}" : "/api/v1/placements/{name}", { params: { path: { name } }, body }),
    onSuccess: renew,
  });
  const drop = useMutation({
    mutationFn: (name: string) => send("delete", section === "actions" ? "/api/v1/actions/{name}" : "/api/v1/placements/{name}", { params: { path: { name } } }),
    onSuccess: renew,
  });
  return { put, drop };
}

/** What a name is called: its title, else the name with spaces. */
export function called({ title, name }: { title?: string; name: string }): string {
  return title || name.replaceAll("_", " ");
}
