/** An event in one line of words. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import type { Format } from "../../parts/format";
import type { TimelineEvent } from "./events";
import { kindOf } from "./kinds";

export interface Told {
  title: string;
  /** Pieces, the weightier first. */
  says: string[];
  /** Money, when the event is about some. */
  amount: string | null;
}

type Values = Record<string, unknown>;

/** Text of a value that is text or a number; null for anything else and for nothing. */
export function text(value: unknown): string | null {
  if (typeof value === "string") return value.trim() || null;
  return typeof value === "number" && Number.isFinite(value) ? String(value) : null;
}

function first(values: Values, ...names: string[]): string | null {
  for (const name of names) {
    const found = text(values[name]);
    if (found !== null) return found;
  }
  return null;
}

/** How many pieces a list of products comes to; null where there is none. */
export function pieces(products: unknown): number | null {
  if (!Array.isArray(products) || products.length === 0) return null;
  return products.reduce<number>((sum, each: unknown) => {
    const quantity = (each as Values | null)?.quantity;
    return sum + (typeof quantity === "number" && quantity > 0 ? quantity : 1);
  }, 0);
}

/** Tells events in the reader's language. */
export function useTelling(): (event: TimelineEvent) => Told {
  const { t } = useTranslation("timeline");
  const format = useFormat();
  return useCallback(
    (event) => {
      const { family, name } = kindOf(event);
      const said = { ...event.properties };
      const title = name === null ? event.event || event.type : t(`event.${name}`);
      return { title, says: SAYS[family](event, said, { t: t as Tell, format }).filter((piece) => piece !== null), amount: amountOf(family, said, format) };
    },
    [t, format],
  );
}

function amountOf(family: string, said: Values, format: Format): string | null {
  const names = family === "order" ? ["revenue", "total", "value"] : family === "cart" ? ["value", "revenue", "total"] : family === "product" ? ["price"] : family === "other" ? ["revenue"] : [];
  const value = first(said, ...names);
  if (value === null || !Number.isFinite(Number(value))) return null;
  return format.money(value, text(said.currency));
}

type Tell = (key: string, values?: Values) => string;
type Line = (event: TimelineEvent, said: Values, with_: { t: Tell; format: Format }) => (string | null)[];

const SAYS: Record<ReturnType<typeof kindOf>["family"], Line> = {
  order: (_, said, { t, format }) => [items(said, t, format), store(said, t), wrapped(t, "order", text(said.order_id)), wrapped(t, "coupon", text(said.coupon))],
  product: (_, said, { t, format }) => [
    first(said, "name", "product_name", "title", "product_id", "sku"),
    typeof said.quantity === "number" && said.quantity > 1 ? t("says.times", { number: format.number(said.quantity) }) : null,
    first(said, "category"),
  ],
  cart: (_, said, { t, format }) => [items(said, t, format), wrapped(t, "step", first(said, "step"))],
  search: (_, said, { t }) => [wrapped(t, "quoted", first(said, "query", "search_term")), first(said, "category", "list_id")],
  promotion: (_, said) => [first(said, "name", "creative", "promotion_id")],
  coupon: (_, said) => [first(said, "coupon_name", "coupon_id", "coupon", "coupon_upc"), first(said, "campaign_name", "campaign_id", "reason")],
  message: (_, said) => [first(said, "email_subject", "subject", "campaign_name", "campaign_id"), first(said, "link_url", "campaign_type")],
  consent: (_, said) => [first(said, "purpose"), first(said, "channel", "address")],
  said: (event, _, { t, format }) => told(event.traits, t, format),
  page: (event, said) => {
    const title = first(said, "title") ?? (event.event || null);
    const path = first(said, "path", "url");
    return [title, path === title ? null : path];
  },
  group: (event, _, { t, format }) => [first(event.traits, "name") ?? event.group_id ?? null, ...told({ ...event.traits, name: null }, t, format)],
  segment: (_, said, { t }) => [text(said.segment), CAUSES.has(text(said.cause) ?? "") ? t(`says.because_${text(said.cause)}`) : null],
  other: (_, said, { t, format }) => told(said, t, format),
};

/** Why somebody entered or left a segment. */
const CAUSES = new Set(["events", "time", "identity", "definition", "prediction"]);

function items(said: Values, t: Tell, format: Format): string | null {
  const count = pieces(said.products);
  return count === null ? null : t("says.items", { count, number: format.number(count) });
}

function store(said: Values, t: Tell): string | null {
  return wrapped(t, "store", first(said, "store", "store_id", "store_name"));
}

function wrapped(t: Tell, name: string, value: string | null): string | null {
  return value === null ? null : t(`says.${name}`, { value });
}

/** The first few values that can be said in a word, as "name: value". */
function told(values: Values, t: Tell, format: Format): string[] {
  const pairs = Object.entries(values).flatMap(([name, value]) => {
    const word = typeof value === "boolean" ? t(value ? "says.yes" : "says.no") : typeof value === "number" ? format.number(value) : text(value);
    return word === null ? [] : [t("says.pair", { name: name.replaceAll("_", " "), value: word })];
  });
  const left = pairs.length - 3;
  return left > 1 ? [...pairs.slice(0, 3), t("says.more", { count: left })] : pairs.slice(0, 4);
}
