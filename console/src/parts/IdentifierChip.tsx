import { VisuallyHidden } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Chip.module.css";
import { iconOfKind } from "./icons";
import { useNames } from "./names";

/** An identifier: its kind as an icon, its value; a click copies the value. */
export function IdentifierChip({ kind, value, plain }: { kind: string; value: string; plain?: boolean }) {
  const { t } = useTranslation("parts");
  const names = useNames();
  const clipboard = useClipboard({ timeout: 1500 });
  const Picture = clipboard.copied ? IconCheck : iconOfKind(kind);
  const body = (
    <>
      <Picture size={14} stroke={1.75} aria-hidden />
      <VisuallyHidden>{names.kind(kind)}</VisuallyHidden>
      <span className={classes.value}>{value}</span>
    </>
  );
  const title = `${names.kind(kind)}: ${value}`;
  if (plain) return <span className={classes.chip} title={title}>{body}</span>;
  return (
    <button
      type="button"
      className={classes.chip}
      title={clipboard.copied ? t("copy.done") : title}
      onClick={(event) => {
        event.stopPropagation();
        clipboard.copy(value);
      }}
    >
      {body}
      <VisuallyHidden aria-live="polite">{clipboard.copied ? t("copy.done") : ""}</VisuallyHidden>
    </button>
  );
}
