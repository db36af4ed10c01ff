/** What conditions and traits can speak of here: offered, never demanded. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../api/client";
import type { Answer } from "../api/client";

export type Words = Answer<"/api/v1/vocabulary">;
export type EventWords = Words["events"][number];
export type FieldWords = Words["fields"][number];
export type Kind = FieldWords["kind"];

/** What every shop's events have, whatever is in them. */
const PARTS: readonly FieldWords[] = [
  { path: "channel", kind: "text", values: ["web", "app", "kiosk", "till", "associate"] },
  { path: "store", kind: "text", values: [] },
  { path: "device", kind: "text", values: ["mobile", "tablet", "desktop", "other"] },
  { path: "daypart", kind: "text", values: ["night", "morning", "midday", "afternoon", "evening"] },
  { path: "value", kind: "number", values: [] },
];

/** Offered before anything has happened. */
const FIRST = ["Order Completed", "Order Refunded", "Product Viewed", "Product Added", "Checkout Started", "page", "screen"];

export interface Offered {
  /** Names of events, the most frequent first. */
  events: readonly string[];
  fields: readonly FieldWords[];
  purposes: Words["purposes"];
  /** What these events carry. */
  inEvents: (names: readonly string[]) => readonly FieldWords[];
}

export function useOffered(): Offered {
  const { data } = useQuery({ ...get("/api/v1/vocabulary"), staleTime: 5 * 60_000 });
  return useMemo(() => offeredOf(data), [data]);
}

export function offeredOf(words: Words | undefined): Offered {
  const known = words?.events ?? [];
  return {
    events: known.length > 0 ? known.map(({ name }) => name) : FIRST,
    fields: words?.fields ?? [],
    purposes: words?.purposes ?? [],
    inEvents: (names) => {
      const found = new Map<string, FieldWords>();
      for (const event of known) {
        if (!names.includes(event.name)) continue;
        for (const field of event.fields ?? []) if (!found.has(field.path)) found.set(field.path, field);
      }
      const stores = found.get("properties.store")?.values ?? found.get("context.location.store")?.values ?? [];
      for (const part of PARTS) found.set(part.path, part.path === "store" ? { ...part, values: stores } : part);
      return [...found.values()];
    },
  };
}
