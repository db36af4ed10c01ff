import { useTranslation } from "react-i18next";
import { When } from "../parts";
import { useNow } from "../parts/now";
import { aliveOf } from "./aliveness";
import type { Source } from "./data";
import classes from "./Sources.module.css";

/** Whether it lives: a dot, and when it last brought something. */
export function Alive({ source }: { source: Source }) {
  const { t } = useTranslation("sources");
  const alive = aliveOf(source, useNow());
  return (
    <span className={classes.alive} data-alive={alive}>
      <span className={classes.dot} aria-hidden />
      {alive === "never" || alive === "off" ? <span>{t(`alive.${alive}`)}</span> : <When at={source.last_event_at} />}
    </span>
  );
}
