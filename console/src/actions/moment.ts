/** What conditions of an action can ask beside what is known of a person: the moment, the place, the basket. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../api/client";
import type { FieldWords, Kind } from "../segments/vocabulary";
import { usePlacements } from "./data";
import { TOUCHPOINTS } from "./draft";

const field = (path: string, kind: Kind, values: readonly string[] = []): FieldWords => ({ path, kind, values: [...values] });

const FIXED: readonly FieldWords[] = [
  field("context.daypart", "text", ["night", "morning", "midday", "afternoon", "evening"]),
  field("context.hour", "number"),
  field("context.weekday", "text", ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
  field("context.weekend", "flag"),
  field("context.season", "text", ["winter", "spring", "summer", "autumn"]),
  field("context.weather.temp_c", "number"),
  field("context.weather.rain_mm", "number"),
  field("context.known", "flag"),
  field("context.touchpoint", "text", TOUCHPOINTS),
  field("context.device", "text", ["mobile", "tablet", "desktop"]),
  ...["zone", "locale", "page", "query", "category", "campaign", "holiday"].map((name) => field(`context.${name}`, "text")),
  ...["value", "items", "lines"].map((name) => field(`basket.${name}`, "number")),
  ...["skus", "categories", "brands"].map((name) => field(`basket.${name}`, "list")),
];

/** Fields of the moment, with the stores and placements that there are. */
export function useMoment(): readonly FieldWords[] {
  const stores = useQuery({ ...get("/api/v1/stores"), staleTime: 5 * 60_000 }).data?.stores;
  const placements = usePlacements().data?.placements;
  return useMemo(
    () => [
      ...FIXED,
      field("context.store", "text", stores?.map(({ store }) => store)),
      field("context.placement", "text", placements?.map(({ name }) => name)),
    ],
    [stores, placements],
  );
}
