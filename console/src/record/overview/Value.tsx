import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import type { Format } from "../../parts/format";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** A value of whatever type, as a reader would write it. */
export function useTold(): (value: unknown) => string {
  const { t } = useTranslation("record");
  const format = useFormat();
  return (value) => told(value, format, { yes: t("value.yes"), no: t("value.no"), none: t("value.none") });
}

interface Words {
  yes: string;
  no: string;
  none: string;
}

/** See useTold. A date stays the day that it says, in whatever zone. */
export function told(value: unknown, format: Format, words: Words): string {
  if (value === null || value === undefined || value === "") return words.none;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "number") return format.number(value, { maximumFractionDigits: 6, useGrouping: Math.abs(value) >= 10_000 });
  if (typeof value === "string") {
    if (DATE.test(value)) return format.date(value, { dateStyle: "long", timeZone: "UTC" });
    return MOMENT.test(value) ? format.dateTime(value) : value;
  }
  if (Array.isArray(value)) return value.length === 0 ? words.none : value.map((each) => told(each, format, words)).join(", ");
  const parts = Object.entries(value as object).filter(([, each]) => each !== null && each !== "");
  return parts.length === 0 ? words.none : parts.map(([name, each]) => `${name.replaceAll("_", " ")}: ${told(each, format, words)}`).join(" · ");
}
