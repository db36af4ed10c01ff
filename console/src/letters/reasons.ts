import { useTranslation } from "react-i18next";

const KNOWN = [
  "no_identifier", "too_large", "wrong_type", "unknown_type", "no_event_name", "too_deep", "malformed_json",
  "broken_line", "plan_violation", "internal",
] as const;

/** What a reason is called and what is usually done about it; one that is not known keeps its own name. */
export function useReasons() {
  const { t } = useTranslation("letters");
  const known = (reason: string) => KNOWN.find((each) => each === reason);
  return {
    name: (reason: string) => {
      const found = known(reason);
      return found ? t(`reason.${found}.name`) : reason.replaceAll("_", " ");
    },
    cure: (reason: string) => {
      const found = known(reason);
      return found ? t(`reason.${found}.cure`) : "";
    },
  };
}
