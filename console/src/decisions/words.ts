/** Stages, rules, outcomes and identities in the reader's language. */
import { useTranslation } from "react-i18next";
import { useFormat, useNames } from "../parts";
import type { Tone } from "../parts";
import type { Decision, Stage } from "./data";
import { useFieldName, useWindow } from "../segments/words";
import { plain, told } from "./rules";

export const OUTCOME_TONE: Record<string, Tone> = { returned: "quiet", silent: "quiet", shown: "info", clicked: "accent", dismissed: "watch", accepted: "ok" };
const FURTHEST = ["silent", "returned", "dismissed", "shown", "clicked", "accepted"];

/** What came of a decision at best; null where no slot of it is counted (a fallback). */
export function bestOf({ slots, fallback }: Pick<Decision, "slots" | "fallback">): string | null {
  if (fallback) return null;
  return slots.map(({ outcome }) => outcome).sort((one, other) => FURTHEST.indexOf(other) - FURTHEST.indexOf(one))[0] ?? null;
}

export function useWords() {
  const { t, i18n } = useTranslation("decisions");
  const format = useFormat();
  const names = useNames();
  const field = useFieldName();
  const span = useWindow();
  const joints = { field, yes: t("yes"), no: t("no"), and: t("rule.and"), or: t("rule.or"), not: t("rule.not") };
  const said = (group: string, name: string): string => (i18n.exists(`${group}.${name}`, { ns: "decisions" }) ? t(`${group}.${name}` as "outcome.shown") : name.replaceAll("_", " "));
  return {
    stage: (stage: Stage) => t(`stage.${stage}`),
    stageSays: (stage: Stage) => t(`stageSays.${stage}`),
    outcome: (name: string) => said("outcome", name),
    identity: (name: string) => said("identity", name),
    touchpoint: (name: string) => (i18n.exists(`channel.${name}`, { ns: "parts" }) ? names.channel(name) : said("touchpoint", name)),
    rule: (rule: string): string => {
      const known = told(rule);
      if (known === null) return t("rule.condition", { what: plain(rule, joints) });
      switch (known.key) {
        case "from":
        case "until": return t(`rule.${known.key}`, { what: format.date(`${known.what}T12:00:00Z`) });
        case "costs":
        case "anyway": return t(`rule.${known.key}`, { what: format.money(known.what) });
        case "many": return t("rule.many", { what: said("sensitivity", known.what) });
        case "belowFloor": return t("rule.belowFloor", { what: format.money(known.what), floor: format.money(known.floor) });
        case "cap": {
          const parts = [t(known.per === "person" ? "rule.capPerson" : "rule.capEverybody", { count: known.max })];
          if (known.window !== null) parts.push(t("rule.capWithin", { window: span(known.window) }));
          if (known.group !== null) parts.push(t("rule.group", { group: known.group.replaceAll("_", " ") }));
          if (known.channel !== null) parts.push(names.channel(known.channel));
          if (known.now) parts.push(t("rule.capNow"));
          return parts.join(", ");
        }
        case "pause": {
          const whole = t("rule.pause", { count: known.count, outcome: said("outcome", known.outcome), window: span(known.window), pause: span(known.pause) });
          return known.group === null ? whole : `${whole} (${t("rule.group", { group: known.group.replaceAll("_", " ") })})`;
        }
        default: return "what" in known ? t(`rule.${known.key}`, { what: known.what }) : t(`rule.${known.key}`);
      }
    },
  };
}
