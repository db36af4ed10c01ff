import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconLoader, IconPlayerStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Tag } from "../parts/Tag";
import type { Tone } from "../parts/Tag";
import type { Import } from "./queries";

const LOOKS = {
  running: ["info", IconLoader],
  done: ["ok", IconCircleCheck],
  failed: ["wrong", IconCircleX],
  interrupted: ["watch", IconAlertTriangle],
  cancelled: ["quiet", IconPlayerStop],
} as const satisfies Record<Import["state"], readonly [Tone, typeof IconLoader]>;

/** How an import stands, in a word. One that is done and left rows behind says so. */
export function StateTag({ of: { state, report } }: { of: Import }) {
  const { t } = useTranslation("imports");
  const short = state === "done" && report?.trouble;
  const [tone, icon] = short ? (["watch", IconAlertTriangle] as const) : LOOKS[state];
  return <Tag tone={tone} icon={icon}>{short ? t("state.short") : t(`state.${state}`)}</Tag>;
}
