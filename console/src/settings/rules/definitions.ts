/** The definitions in force and what can be done with them. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../../api/client";
import type { Answer } from "../../api/client";

export type Definition = Answer<"/api/v1/definitions">["definitions"][number];
export type RulesView = Answer<"/api/v1/definitions">["rules"];
export type Problem = Answer<"/api/v1/definitions/check", "post">["problems"][number];
export type Version = Answer<"/api/v1/definitions/history">["versions"][number];

export const FILES = { identity: "identity.yaml", survivorship: "survivorship.yaml", purposes: "purposes.yaml", plan: "plan.yaml" } as const;
export type RulesSection = keyof typeof FILES;

export const definitionsQuery = get("/api/v1/definitions");
export const historyQuery = (name: string) => get("/api/v1/definitions/history", { params: { query: { name } } });

/** Where the history of this file is shown: files of pages of their own lead there. */
export function placeOf(name: string): string {
  const page = { "actions.yaml": "/actions", "placements.yaml": "/placements", "segments.yaml": "/segments", "traits.yaml": "/traits" }[name];
  return page ?? `/settings/${sectionOf(name)}?history=${encodeURIComponent(name)}`;
}

/** The section of settings that shows this file. */
export function sectionOf(name: string): RulesSection {
  const found = Object.entries(FILES).find(([, file]) => file === name);
  return (found?.[0] as RulesSection | undefined) ?? "plan";
}

const WAIT = 350;

/** What would be wrong with this text, were it put in force; asked again a moment after the last key. */
export function useCheck(name: string, text: string) {
  const [settled] = useDebouncedValue(text, WAIT);
  const check = useQuery({
    queryKey: ["/api/v1/definitions/check", name, settled],
    queryFn: () => send("post", "/api/v1/definitions/check", { body: { bodies: { [name]: settled } } }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  const checking = settled !== text || check.isPlaceholderData || check.isPending;
  return { problems: check.data?.problems ?? NONE, rules: check.data?.rules ?? null, checking, error: check.error };
}

const NONE: Problem[] = [];

export interface Change {
  name: string;
  body: string;
  /** The version that the text was made from; 0 for a default or a new file. */
  expected: number;
}

/** Put a text in force. A 409 says that another came in between. */
export function useApply() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, body, expected }: Change) => send("put", "/api/v1/definitions", { body: { bodies: { [name]: body }, expected: { [name]: expected } } }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: definitionsQuery.queryKey.slice(0, 1) }),
        client.invalidateQueries({ queryKey: ["/api/v1/definitions/history"] }),
        client.invalidateQueries({ queryKey: ["/api/v1/audit"] }),
      ]),
  });
}
