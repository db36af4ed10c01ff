import { useTranslation } from "react-i18next";

const PLAIN = [
  "time_replaced", "repaired", "message_id_made", "message_id_shortened", "identifiers_cut", "identifiers_stripped", "identity_token_refused", "repeated",
] as const;

/** What was done to an event on its way in, in words. */
export function useMarks(): (mark: string) => string {
  const { t } = useTranslation("timeline");
  return (mark) => {
    const plain = PLAIN.find((each) => each === mark);
    if (plain) return t(`mark.${plain}`);
    if (mark.startsWith("renamed:")) return t("mark.renamed", { name: mark.slice("renamed:".length) });
    if (mark === "plan:unplanned_event") return t("mark.unplanned");
    if (mark.startsWith("plan:trimmed:")) return t("mark.trimmed", { name: mark.slice("plan:trimmed:".length) });
    if (!mark.startsWith("plan:")) return mark;
    const [, path = "", rule = ""] = /^plan:(.*):([^:]*)$/.exec(mark) ?? [];
    return t("mark.plan", { path: path || "–", rule });
  };
}
