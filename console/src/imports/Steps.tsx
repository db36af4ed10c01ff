import { useTranslation } from "react-i18next";
import classes from "./Imports.module.css";

/** Where one is on the way of a new import. */
export function Steps({ at }: { at: number }) {
  const { t } = useTranslation("imports");
  const names = [t("steps.file"), t("steps.map"), t("steps.run")];
  return (
    <ol className={classes.steps} aria-label={t("steps.label")}>
      {names.map((name, n) => (
        <li key={name} aria-current={n + 1 === at ? "step" : undefined} data-past={n + 1 < at || undefined}>
          <span className={classes.stepNumber} aria-hidden>{n + 1}</span>{name}
        </li>
      ))}
    </ol>
  );
}
