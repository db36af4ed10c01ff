/** A condition as a sentence. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../parts";
import type { Condition } from "./data";

export function calledOf({ title, name }: { title: string; name: string }): string {
  return title || spaced(name);
}

export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

/** What a field is called: `traits.orders_90d` reads "orders 90d". */
export function fieldOf(field: string): string {
  const [, ...rest] = field.split(".");
  return spaced(rest.length > 0 ? rest.join(" ") : field);
}

/** A field of an event: `properties.category` reads "category", `products.brand` "brand". */
export function partOf(path: string): string {
  return /^(properties|products)\./.test(path) ? fieldOf(path) : spaced(path.replaceAll(".", " "));
}

/** What a field is called in the reader's language, where it is one of Segue's own. */
export function useFieldName(): (field: string) => string {
  const { t, i18n } = useTranslation("segments");
  return useCallback((field) => {
    const key = `field.${field.replaceAll(".", "_")}`;
    return i18n.exists(key, { ns: "segments" }) ? t(key as "field.orders_count") : fieldOf(field);
  }, [t, i18n]);
}

/** A window of files in the reader's language: `90 days`. */
export function useWindow(): (window: string) => string {
  const { t } = useTranslation("segments");
  return useCallback((window) => {
    const [, count, unit] = /^(\d+) (minute|hour|day|week)s?$/.exec(window) ?? [];
    return unit === undefined ? window : t(`window.${unit as "day"}`, { count: Number(count) });
  }, [t]);
}

export function useInWords(): (when: Condition) => string {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const called = useFieldName();
  const within = useWindow();
  const value = (each: unknown): string => (Array.isArray(each) ? each.map(value).join(", ") : typeof each === "number" ? format.number(each, { maximumFractionDigits: 6 }) : `“${String(each)}”`);
  const say = (when: Condition, inner = false): string => {
    for (const [key, joint] of [["all", "and"], ["any", "or"]] as const) {
      if (!Array.isArray(when[key])) continue;
      const parts = (when[key] as Condition[]).map((each) => say(each, (when[key] as Condition[]).length > 1));
      const whole = parts.join(` ${t(`words.${joint}`)} `);
      return inner && parts.length > 1 ? `(${whole})` : whole;
    }
    if (typeof when.not === "object" && when.not !== null) return t("words.not", { what: say(when.not as Condition, true) });
    if (typeof when.field === "string") {
      const op = String(when.op) as "=";
      return op in { exists: 1, missing: 1 } ? t(`op.${op}`, { field: called(when.field) }) : `${called(when.field)} ${t(`op.${op}`)} ${value(when.value)}`;
    }
    if (typeof when.did === "string") {
      const times = Number(when.at_least ?? 1);
      const did = t("words.did", { event: when.did, count: times, number: format.number(times) });
      return [did, when.where ? t("words.where", { what: say(when.where as Condition, true) }) : "", typeof when.within === "string" ? t("words.within", { window: within(when.within) }) : ""].filter(Boolean).join(" ");
    }
    if (typeof when.consent === "string") return t(when.is === "granted" ? "words.granted" : "words.denied", { purpose: when.consent, channel: typeof when.channel === "string" ? ` (${when.channel})` : "" });
    if (typeof when.segment === "string") return t("words.segment", { name: spaced(when.segment) });
    return JSON.stringify(when);
  };
  return (when) => say(when);
}
