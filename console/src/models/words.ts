/** Names of models and metrics in the reader's language; what is not known stands as it is. */
import { useTranslation } from "react-i18next";
import type { Tone } from "../parts";
import type { Figure, ModelLine } from "./data";

export const STATE_TONE: Record<ModelLine["state"], Tone> = { untrained: "quiet", ready: "ok", training: "info", refused: "watch" };

export function useWords() {
  const { t, i18n } = useTranslation("models");
  const known = (key: string) => i18n.exists(key, { ns: "models" });
  return {
    name: (model: string) => (known(`name.${model}`) ? t(`name.${model}` as "name.predict") : model),
    metric: (name: string) => {
      const [base = name, depth] = name.split("@");
      if (!known(`metric.${base}`)) return name;
      const said = t(`metric.${base}` as "metric.auc");
      return depth === undefined ? said : t("metricAt", { metric: said, depth });
    },
  };
}

export type Verdict = "better" | "equal" | "worse";

/** How a figure stands beside its yardstick; equal where the interval holds the yardstick; null without one. */
export function verdictOf({ value, low, high, better, yardstick_value }: Pick<Figure, "value" | "low" | "high" | "better" | "yardstick_value">): Verdict | null {
  if (value === null || yardstick_value === null) return null;
  if (better === "zero") {
    const [ours, theirs] = [Math.abs(value), Math.abs(yardstick_value)];
    return ours === theirs ? "equal" : ours < theirs ? "better" : "worse";
  }
  if (low !== null && high !== null && low <= yardstick_value && yardstick_value <= high) return "equal";
  if (value === yardstick_value) return "equal";
  return value > yardstick_value === (better === "higher") ? "better" : "worse";
}
