import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EntryProblem } from "./data";
import classes from "./Hints.module.css";

/** What holds in a draft, and probably not as it was meant; it keeps nobody from going on. */
export function Hints({ hints }: { hints: readonly EntryProblem[] }) {
  const { t } = useTranslation("actions");
  if (hints.length === 0) return null;
  return (
    <ul className={classes.hints} aria-label={t("check.hints")}>
      {hints.map((each) => (
        <li key={each.place}>
          <IconInfoCircle size={16} stroke={1.75} aria-hidden />
          <span>
            <code>{each.place}</code> {each.message}
            {each.cure && <small>{each.cure}</small>}
          </span>
        </li>
      ))}
    </ul>
  );
}
