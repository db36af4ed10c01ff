import { useTranslation } from "react-i18next";
import type { LiveState } from "../api/live";
import classes from "./LiveBadge.module.css";

/** Whether what is shown comes in by itself right now. */
export function LiveBadge({ state }: { state: LiveState }) {
  const { t } = useTranslation("parts");
  return (
    <span className={classes.live} data-state={state} role="status">
      <span className={classes.dot} aria-hidden />
      {t(`live.${state}`)}
    </span>
  );
}
