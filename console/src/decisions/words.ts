/** Stages, rules, outcomes and identities in the reader's language. */
import { useTranslation } from "react-i18next";
import { useFormat, useNames } from "../parts";
import type { Tone } from "../parts";
import type { Decision, Stage } from "./data";
import { told } from "./rules";

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
  const said = (group: string, name: string): string => (i18n.exists(`${group}.${name}`, { ns: "decisions" }) ? t(`${group}.${name}` as "outcome.shown") : name.replaceAll("_", " "));
  return {
    stage: (stage: Stage) => t(`stage.${stage}`),
    stageSays: (stage: Stage) => t(`stageSays.${stage}`),
    outcome: (name: string) => said("outcome", name),
    identity: (name: string) => said("identity", name),
    touchpoint: (name: string) => (i18n.exists(`channel.${name}`, { ns: "parts" }) ? names.channel(name) : said("touchpoint", name)),
    rule: (rule: string): string => {
      const known = told(rule);
      if (known === null) return rule;
      const { key, ...given } = known;
      if (key === "from" || key === "until") return t(`rule.${key}`, { what: format.date(`${"what" in given ? given.what : ""}T12:00:00Z`) });
      if (key === "costs") return t("rule.costs", { what: format.money("what" in given ? given.what : "") });
      if (key === "many") return t("rule.many", { what: said("sensitivity", "what" in given ? given.what : "") });
      if (key === "belowFloor" && "floor" in given) return t("rule.belowFloor", { what: format.money(given.what), floor: format.money(given.floor) });
      return t(`rule.${key}`, given as { what: string; floor: string });
    },
  };
}
