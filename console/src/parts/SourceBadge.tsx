import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import classes from "./Chip.module.css";

/** A source by name; says so where its events were composed for the demo. */
export function SourceBadge({ source, composed }: { source: string; composed?: boolean }) {
  const { composed_sources } = useSession();
  const said = composed ?? composed_sources.includes(source);
  return (
    <span className={classes.plain}>
      {source}
      {said && <Composed />}
    </span>
  );
}

/** The label of what did not really happen. */
export function Composed() {
  const { t } = useTranslation("parts");
  return <span className={classes.composed} title={t("composed.says")}>{t("composed.label")}</span>;
}
