import { useTranslation } from "react-i18next";
import { silenceOf } from "./draft";

/** "30 minutes" in the reader's language. */
export function useSilence(): (said: string) => string {
  const { t } = useTranslation("placements");
  return (said) => {
    const read = silenceOf(said);
    return read === null ? said : t(`facts.${read.unit}`, { count: read.count });
  };
}
