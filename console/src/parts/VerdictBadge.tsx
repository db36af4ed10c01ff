import { IconAlertTriangle, IconCircleCheck, IconEye } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Tag } from "./Tag";

export type Verdict = "well" | "watch" | "wrong";

const LOOKS = {
  well: { tone: "ok", icon: IconCircleCheck },
  watch: { tone: "watch", icon: IconEye },
  wrong: { tone: "wrong", icon: IconAlertTriangle },
} as const;

/** Whether something is well, should be watched, or is wrong; by word and icon, not by colour alone. */
export function VerdictBadge({ verdict, children }: { verdict: Verdict; children?: string }) {
  const { t } = useTranslation("parts");
  return <Tag {...LOOKS[verdict]}>{children ?? t(`verdict.${verdict}`)}</Tag>;
}
