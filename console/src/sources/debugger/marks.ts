/** What was done to an event on its way in, in words. */
import { useTranslation } from "react-i18next";

const PLAIN = [
  "repaired",
  "message_id_made",
  "message_id_shortened",
  "identifiers_cut",
  "identifiers_stripped",
  "time_replaced",
  "identity_token_refused",
  "repeated",
] as const;
const REASONS = [
  "no_identifier",
  "too_large",
  "wrong_type",
  "unknown_type",
  "no_event_name",
  "too_deep",
  "malformed_json",
  "broken_line",
  "plan_violation",
  "internal",
] as const;

/** Marks by their sentences; one that is not known by its own name. */
export function useMarks(): (mark: string) => string {
  const { t } = useTranslation("sources");
  return (mark) => {
    const plain = PLAIN.find((each) => each === mark);
    if (plain) return t(`mark.${plain}`);
    if (mark === "plan:unplanned_event") return t("mark.unplanned_event");
    const [kind, field = "", ...rest] = mark.split(":");
    if (kind === "renamed") return t("mark.renamed", { name: [field, ...rest].join(":") });
    if (kind === "plan" && field === "trimmed") return t("mark.trimmed", { field: rest.join(":") });
    if (kind === "plan" && rest.length > 0) return t("mark.plan", { field: [field, ...rest.slice(0, -1)].join(":"), rule: rest.at(-1) });
    return mark;
  };
}

/** Why an event was refused, and what to do about it. */
export function useReasons(): (reason: string) => { reason: string; cure: string | null } {
  const { t } = useTranslation("sources");
  return (reason) => {
    const known = REASONS.find((each) => each === reason);
    return known ? { reason: t(`reason.${known}`), cure: t(`cure.${known}`) } : { reason: reason.replaceAll("_", " "), cure: null };
  };
}
