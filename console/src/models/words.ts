/** Names of models, figures, predictions, yardsticks and data in the reader's language; what is not known stands as it is. */
import { useTranslation } from "react-i18next";
import { useFormat } from "../parts";
import type { Format, Tone } from "../parts";
import type { Figure, ModelLine, Weight } from "./data";

export const STATE_TONE: Record<ModelLine["state"], Tone> = { untrained: "quiet", ready: "ok", training: "info", refused: "watch" };

/** A name as a key of the texts: `buys_14d.*` → `buys_14d_any`. */
export function keyOf(name: string): string {
  return name.toLowerCase().replaceAll("*", "any").replace(/['’%]/g, "").replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
}

export function useWords() {
  const { t, i18n } = useTranslation("models");
  const said = (group: string, name: string, otherwise: string): string => {
    const key = `${group}.${keyOf(name)}`;
    return i18n.exists(key, { ns: "models" }) ? t(key as "name.predict") : otherwise;
  };
  const of = (name: string): string => {
    const bare = name.replace(/^profile\.|^intent\./, "");
    const [base = bare, ...rest] = bare.split(".");
    if (rest.length > 0 && rest[0] !== "*") return `${said("of", base, spaced(base))}: ${rest.join(".")}`;
    return said("of", bare, spaced(bare));
  };
  return {
    of,
    name: (model: string) => said("name", model, model),
    purpose: (model: string, otherwise: string) => said("purpose", model, otherwise),
    yardstick: (name: string) => said("yardstick", name, name),
    /** What a kind of data is called; the API's title goes on to say what it is worth. */
    data: ({ name, title }: Weight) => said("data", name, (title || name).split(": ")[0]!),
    metric: (name: string) => {
      const [whole = name, depth] = name.split("@");
      const part = /^(repeat|explore) (.+)$/.exec(whole);
      const figure = said("metric", part ? part[2]! : whole, spaced(whole));
      const deep = depth === undefined ? figure : t("metricAt", { metric: figure, depth });
      return part ? t(`part.${part[1] as "repeat"}`, { metric: deep }) : deep;
    },
  };
}

function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

const DIGITS: Intl.NumberFormatOptions = { minimumFractionDigits: 3, maximumFractionDigits: 3 };

/** A figure in its unit: days, money, times as many, a share, or three digits. */
export function useAmount(): (figure: Pick<Figure, "name" | "of">, value: number | null | undefined) => string {
  const { t } = useTranslation("models");
  const format = useFormat();
  return (figure, value) => (value === null || value === undefined ? "–" : amountOf(figure, value, format, (days) => t("days", { number: format.number(days, { maximumFractionDigits: 1 }), count: Math.round(days) })));
}

export function amountOf({ name, of }: Pick<Figure, "name" | "of">, value: number, format: Format, days: (value: number) => string): string {
  if (name === "mae") return of.startsWith("next_visit") ? days(value) : /^(spend|ltv|value)/.test(of) ? format.money(value.toFixed(2)) : format.number(value, DIGITS);
  if (name.startsWith("lift")) return `${format.number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}×`;
  if (name === "bias" || name === "coverage_off_80") return `${value > 0 ? "+" : ""}${format.share(value)}`;
  if (name.startsWith("accuracy") || name === "share answered") return format.share(value, 0);
  return format.number(value, DIGITS);
}

export type Verdict = "better" | "equal" | "worse";

/** How a figure stands beside its yardstick; equal where the interval holds the yardstick; null without one. */
export function verdictOf({ value, low, high, better, yardstick_value }: Pick<Figure, "value" | "low" | "high" | "better" | "yardstick_value">): Verdict | null {
  if (value === null || yardstick_value === null) return null;
  if (better === "zero") {
    const [ours, theirs] = [Math.abs(value), Math.abs(yardstick_value)];
    const near = low !== null && high !== null && low <= yardstick_value && yardstick_value <= high;
    return ours === theirs || near ? "equal" : ours < theirs ? "better" : "worse";
  }
  if (low !== null && high !== null && low <= yardstick_value && yardstick_value <= high) return "equal";
  if (value === yardstick_value) return "equal";
  return value > yardstick_value === (better === "higher") ? "better" : "worse";
}

const SUREST = /^accuracy of the surest (\d+)%$/;

export interface Sure {
  of: string;
  /** Right among the surest so many percent. */
  right: ReadonlyMap<number, number>;
}

/** A card's figures in their kinds: those in the table, how right the surest are, how steady each axis is. */
export function sorted(metrics: readonly Figure[]): { table: Figure[]; sure: Sure[]; axes: Figure[] } {
  const sure = new Map<string, Map<number, number>>();
  const [table, axes]: [Figure[], Figure[]] = [[], []];
  for (const each of metrics) {
    const depth = SUREST.exec(each.name)?.[1];
    if (depth !== undefined) {
      const right = sure.get(each.of) ?? new Map<number, number>();
      if (each.value !== null) right.set(Number(depth), each.value);
      sure.set(each.of, right);
    } else if (each.name === "reliability") axes.push(each);
    else table.push(each);
  }
  // figures of one prediction stand together, in the order in which the card begins them
  const order = [...new Set(table.map(({ of }) => of))];
  table.sort((one, other) => order.indexOf(one.of) - order.indexOf(other.of));
  return { table, sure: [...sure].map(([of, right]) => ({ of, right })), axes: axes.sort((one, other) => (other.value ?? 0) - (one.value ?? 0)) };
}
