import { useTranslation } from "react-i18next";
import { useNames } from "../../parts/names";

const PLAIN = ["shared_device", "apart", "frozen", "uncertain"] as const;

/** Why a link stayed out, in words. */
export function useReasons(): (reason: string | undefined) => string {
  const { t } = useTranslation("identity");
  const names = useNames();
  return (reason = "") => {
    const plain = PLAIN.find((each) => each === reason);
    if (plain) return t(`reason.${plain}`);
    const [rule, kind = ""] = reason.split(":");
    if (rule === "unique") return t("reason.unique", { kind: names.kind(kind) });
    if (rule === "limit") return t("reason.limit", { kind: names.kind(kind) });
    return reason || t("reason.unknown");
  };
}
