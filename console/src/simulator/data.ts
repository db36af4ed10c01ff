/** The simulator's questions to the server. Nothing of them is kept. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";
import { useKinds, recordQuery } from "../record/data";
import type { GoldenRecord } from "../record/data";
import { labelOf, ranked } from "../record/who";
import { requestOf } from "./question";
import type { Question, Setting } from "./question";

export type Simulated = Answer<"/api/v1/decisions", "post">;

/** Who is asked about: her name, and by what a touchpoint would know her. */
export function useAsked(person: string | null) {
  const kinds = useKinds();
  const asked = useQuery({ ...recordQuery(person ?? "", "certain"), enabled: person !== null, retry: false, staleTime: 60_000 });
  const record = person === null ? undefined : (asked.data as GoldenRecord | undefined);
  const best = record && ranked(record.identifiers, kinds)[0];
  return {
    label: record && labelOf(record, kinds),
    identifiers: best ? { [best.kind]: best.value } : undefined,
    error: person === null ? null : asked.error,
    /** Whether a question about her can be asked yet. */
    ready: person === null || best !== undefined,
  };
}

/** The answer to a question; null: there is none yet. The answer before stays while the next is on its way. */
export function useAnswer(question: Question | null, setting: Setting, ready: boolean) {
  const body = question === null ? null : requestOf(question, setting);
  return useQuery({
    queryKey: ["simulate", body] as const,
    queryFn: () => send("post", "/api/v1/decisions", { body: body! }),
    enabled: body !== null && body.placement !== "" && ready,
    placeholderData: body === null ? undefined : keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
}

export function useStores() {
  const { data } = useQuery({ ...get("/api/v1/stores"), staleTime: 5 * 60_000 });
  return data?.stores ?? [];
}

export function useProducts(text: string) {
  return useQuery({
    ...get("/api/v1/products", { params: { query: { text, limit: 8 } } }),
    enabled: text !== "",
    placeholderData: text === "" ? undefined : keepPreviousData,
    staleTime: 60_000,
  });
}
