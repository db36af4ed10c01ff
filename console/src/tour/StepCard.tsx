import { Button } from "@mantine/core";
import { IconArrowRight, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Composed } from "../parts/SourceBadge";
import { placeOf } from "./facts";
import type { Step } from "./facts";
import { Scene } from "./Scene";
import classes from "./Tour.module.css";

/** One of the six: what happened, a small picture of it, what is made up, and the way to the real thing. */
export function StepCard({ step, visited, onVisit }: { step: Step; visited: boolean; onVisit: () => void }) {
  const { t } = useTranslation("tour");
  const gone = Object.keys(step.facts as object).length === 0;
  return (
    <li className={classes.step} data-visited={visited || undefined}>
      <span className={classes.number} aria-hidden>{visited ? <IconCheck size={16} stroke={2.25} /> : step.step}</span>
      <div className={classes.content}>
        <h2>{t(`step.${step.name}.title`)}</h2>
        {gone ? <p>{t("gone")}</p> : <Scene step={step} />}
        <p className={classes.note}>
          {step.composed && <Composed />}
          <span>{t(`step.${step.name}.note`)}</span>
        </p>
        {!gone && (
          <Button component={Link} to={placeOf(step)} onClick={onVisit} variant={visited ? "default" : "filled"} size="sm" rightSection={<IconArrowRight size={15} />}>
            {t(`step.${step.name}.go`)}
          </Button>
        )}
      </div>
    </li>
  );
}
