import { Button, VisuallyHidden } from "@mantine/core";
import { IconArrowRight, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Composed } from "../parts/SourceBadge";
import { placeOf } from "./facts";
import type { Step } from "./facts";
import { Scene } from "./Scene";
import classes from "./Tour.module.css";

/** One of them: what happened, a small picture of it, what is made up, and the way to the real thing. */
export function StepCard({ step, visited, next, onVisit }: { step: Step; visited: boolean; next: boolean; onVisit: () => void }) {
  const { t } = useTranslation("tour");
  const gone = Object.keys(step.facts as object).length === 0;
  return (
    <li className={classes.step} data-visited={visited || undefined}>
      <span className={classes.number}>
        {visited ? <IconCheck size={16} stroke={2.25} aria-hidden /> : <span aria-hidden>{step.step}</span>}
        {visited && <VisuallyHidden>{t("progress.one")}</VisuallyHidden>}
      </span>
      <div className={classes.content}>
        <h2>{t(`step.${step.name}.title`)}</h2>
        {gone ? <p>{t("gone")}</p> : <Scene step={step} />}
        <p className={classes.note}>
          {step.composed && <Composed />}
          <span>{t(`step.${step.name}.note`)}</span>
        </p>
        {!gone && (
          <Button component={Link} to={placeOf(step)} onClick={onVisit} variant={next ? "filled" : "default"} size="sm" rightSection={<IconArrowRight size={15} aria-hidden />}>
            {t(`step.${step.name}.go`)}
          </Button>
        )}
      </div>
    </li>
  );
}
