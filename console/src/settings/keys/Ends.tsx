import { useTranslation } from "react-i18next";
import { Tag, When } from "../../parts";
import { useNow } from "../../parts/now";

/** When a key ends by itself, or that it has; nothing for one that lasts. */
export function Ends({ at }: { at: string | null }) {
  const { t } = useTranslation("settings");
  const now = useNow();
  if (at === null) return null;
  if (Date.parse(at) <= now) return <Tag tone="wrong">{t("keys.expired")} <When at={at} as="date" /></Tag>;
  return <span>{t("keys.until")} <When at={at} as="date" /></span>;
}
