import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** A button that copies `value`. `what` names it for who does not see the icon. */
export function Copy({ value, what, size = 28 }: { value: string; what?: string; size?: number }) {
  const { t } = useTranslation("parts");
  const clipboard = useClipboard({ timeout: 1500 });
  const label = what ? t("copy.value", { value: what }) : t("copy.do");
  return (
    <Tooltip label={clipboard.copied ? t("copy.done") : t("copy.do")}>
      <ActionIcon
        variant="subtle"
        color={clipboard.copied ? "pine" : "gray"}
        size={size}
        aria-label={clipboard.copied ? t("copy.done") : label}
        onClick={() => clipboard.copy(value)}
      >
        {clipboard.copied ? <IconCheck size={size * 0.57} /> : <IconCopy size={size * 0.57} stroke={1.75} />}
      </ActionIcon>
    </Tooltip>
  );
}
