import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Actions.module.css";
import type { EntryProblem } from "./data";

/** What is wrong with a draft, each with its place and its cure. */
export function Problems({ problems, checking, onGo }: { problems: readonly EntryProblem[]; checking: boolean; onGo?: (line: number) => void }) {
  const { t } = useTranslation("actions");
  return (
    <div className={classes.problems}>
      <p role="status" className={classes.state}>
        {checking ? t("check.running") : problems.length > 0 ? t("check.wrong", { count: problems.length }) : <><IconCircleCheck size={16} stroke={1.75} aria-hidden /> {t("check.well")}</>}
      </p>
      {problems.length > 0 && (
        <ul aria-label={t("check.label")}>
          {problems.map((each, n) => (
            <li key={n}>
              <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
              <span>
                {each.place !== null && <code>{each.place}</code>} {onGo && each.line !== null && <button type="button" onClick={() => onGo(each.line!)}>{t("check.line", { line: each.line })}</button>} {each.message}
                {each.cure && <small>{each.cure}</small>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
