/** What decisions were worth, as the pages ask for it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import type { Answer } from "../api/client";

export type Report = Answer<"/api/v1/policies/{placement}">;
export type Day = Report["series"][number];
export type Earned = Report["earned"][number];
/** What an action did, or one of its discounts. */
export type Counted = Omit<Earned, "action" | "depths">;
export type Policy = Report["policies"][number];
export type Estimate = Policy["estimates"][number];

export const PERIODS = [7, 30, 90, 365] as const;

/** Every placement's days. */
export function useOverview(days: number) {
  return useQuery({ ...get("/api/v1/policies", { params: { query: { days } } }), staleTime: 60_000 });
}

/** One placement's report; it takes a while where much was decided, so it is not asked for often. */
export function useReport(placement: string, days: number) {
  return useQuery({ ...get("/api/v1/policies/{placement}", { params: { path: { placement }, query: { days } } }), staleTime: 60_000, placeholderData: keepPreviousData });
}
