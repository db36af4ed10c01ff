/** An action in plain words: who gets it, when, how often, at what price. */
import { useTranslation } from "react-i18next";
import { useFormat } from "../parts";
import { useInWords, useWindow } from "../segments/words";
import type { Definition } from "./data";

export interface Said {
  term: "where" | "who" | "when" | "often" | "peace" | "price" | "worth" | "rank" | "guard";
  says: string[];
}

const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});
const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : []);
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What will happen with this definition, part by part. */
export function useSaid(): (definition: Definition, placements: readonly string[], fallbackOf?: readonly string[]) => Said[] {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const inWords = useInWords();
  const within = useWindow();
  const window = (value: unknown) => (text(value) === "" || value === "ever" ? t("told.ever") : t("told.within", { window: within(text(value)) }));
  const of = (each: Record<string, unknown>) => [text(each.group) && t("told.ofGroup", { group: each.group }), text(each.channel) && t("told.inChannel", { channel: t(`touchpoint.${text(each.channel) as "web"}`) })].filter(Boolean).map((part) => ` ${part}`).join("");
  const asks = (value: unknown) => (Object.keys(record(value)).length > 0 ? inWords(record(value)) : null);

  const where = (placements: readonly string[], fallbackOf: readonly string[]) => [
    placements.length > 0 ? t("told.where", { count: placements.length, places: format.list(placements) }) : fallbackOf.length > 0 ? null : t("told.nowhere"),
    fallbackOf.length > 0 ? t("told.fallback", { places: format.list(fallbackOf) }) : null,
  ];
  const who = (said: Definition) => {
    const [audience, suitable] = [asks(said.audience), asks(said.suitable)];
    return [audience ? t("told.audience", { what: audience }) : t("told.everybody"), suitable && t("told.suitable", { what: suitable }), text(said.purpose) && t("told.purpose", { purpose: said.purpose })];
  };
  const when = (said: Definition) => {
    const { from, until } = record(said.valid);
    const day = (value: unknown) => format.date(text(value), { dateStyle: "medium", timeZone: "UTC" });
    const days = from && until ? t("told.between", { from: day(from), until: day(until) }) : from ? t("told.from", { from: day(from) }) : until ? t("told.until", { until: day(until) }) : null;
    const applicable = asks(said.applicable);
    const sku = text(record(said.stock).sku);
    return [days ?? (applicable ? null : t("told.always")), applicable && t("told.applicable", { what: applicable }), sku && t("told.stock", { sku })];
  };
  const often = (said: Definition) =>
    list(said.caps).map((cap) => t(cap.per === "everybody" ? "told.capAll" : "told.cap", { count: number(cap.max) ?? 0, number: format.number(number(cap.max) ?? 0), window: window(cap.within), of: of(cap) }));
  const peace = (said: Definition) =>
    list(said.suppress).map((each) => t(`told.after.${(text(each.outcome) || "dismissed") as "dismissed"}`, { count: number(each.count) ?? 1, number: format.number(number(each.count) ?? 1), window: window(each.within), pause: within(text(each.pause)), of: of(each) }));
  const price = (said: Definition) => {
    const discounts = Array.isArray(said.discounts) ? (said.discounts as number[]).map((each) => format.share(each / 100, 0)) : [];
    const floor = number(said.floor);
    return [discounts.length > 0 && t("told.discounts", { count: discounts.length, discounts: format.list(discounts) }), floor !== null && t("told.floor", { amount: format.money(floor) })];
  };
  const worth = (said: Definition) => {
    const [value, cost] = [number(said.value), number(said.cost)];
    return [value !== null && value > 0 ? t("told.value", { amount: format.money(value) }) : t("told.noValue"), cost !== null && cost > 0 && t("told.cost", { amount: format.money(cost) })];
  };
  const rank = (said: Definition) => list(said.levers).map((each) => t("told.lever", { times: format.number(number(each.multiply) ?? 1), what: inWords(record(each.when)) }));
  const guard = (said: Definition) => [text(said.sensitivity) && said.sensitivity !== "none" && t("told.sensitive", { what: t(`sensitivity.${text(said.sensitivity) as "health"}`) })];

  return (definition, placements, fallbackOf = []) => {
    const parts: [Said["term"], (string | false | null | undefined | "")[]][] = [
      ["where", where(placements, fallbackOf)], ["who", who(definition)], ["when", when(definition)], ["often", often(definition)], ["peace", peace(definition)],
      ["price", price(definition)], ["worth", worth(definition)], ["rank", rank(definition)], ["guard", guard(definition)],
    ];
    return parts.map(([term, says]) => ({ term, says: says.filter((each): each is string => Boolean(each)) })).filter(({ says }) => says.length > 0);
  };
}
