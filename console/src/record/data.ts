/** The golden record as the page reads it. */
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import type { Answer } from "../api/client";
import { useSession } from "../app/session";

type Answered = Answer<"/api/v1/persons/{person_id}">;
type Whole = "orders" | "sessions" | "activity" | "segments";
/** The record; the server leaves nothing out that has a default. */
export type GoldenRecord = Omit<Answered, Whole> & { [part in Whole]-?: Required<NonNullable<Answered[part]>> };
export type View = GoldenRecord["view"];
export type Attribute = GoldenRecord["attributes"][string];
export type Claim = Attribute["others"][number];
export type Order = GoldenRecord["orders"]["recent"][number];
export type Session = GoldenRecord["sessions"]["recent"][number];
export type Rules = Answer<"/api/v1/definitions">["rules"];

const AGAIN = 30_000;

/** The request for a record; the same for who reads it and who puts it into the cache. */
export function recordQuery(personId: string, view: View) {
  const path = { person_id: personId };
  return get("/api/v1/persons/{person_id}", { params: view === "certain" ? { path } : { path, query: { view } } });
}

/** Her record, read again now and then while it is looked at. */
export function useRecord(personId: string, view: View) {
  return useQuery({
    ...recordQuery(personId, view),
    // the other view of the same person stands until this one is there
    placeholderData: (before) => (before?.person_id === personId ? before : undefined),
    select: (record) => record as GoldenRecord,
    refetchInterval: (query) => (query.state.error ? false : AGAIN),
    refetchOnWindowFocus: true,
  });
}

/** The rules in force, for who may read them; they come after the record, and the page stands without them. */
export function useRules(): Rules | null {
  const { may } = useSession();
  const answer = useQuery({ ...get("/api/v1/definitions"), enabled: may("definitions"), staleTime: 5 * 60_000, retry: false });
  return answer.data?.rules ?? null;
}

/** How kinds of identifiers rank, where the rules may be read. */
export function useKinds(): Record<string, { priority: number; device: boolean }> | undefined {
  const rules = useRules();
  return rules ? Object.fromEntries(rules.identity.kinds.map((each) => [each.kind, each])) : undefined;
}
