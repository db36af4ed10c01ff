import { IconArrowDown, IconCheck } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Section, useFormat } from "../parts";
import type { Explanation, Stage } from "./data";
import { useWhat } from "./data";
import classes from "./Decisions.module.css";
import { byRule, shapeOf, stepsOf, widest } from "./funnel";
import type { Step } from "./funnel";
import { useWords } from "./words";

/** Which actions fell out at which stage: a picture, and by which rule where one asks. */
export function Funnel({ explanation, slots }: { explanation: Pick<Explanation, "considered" | "dropped">; slots: number }) {
  const { t } = useTranslation("decisions");
  const steps = stepsOf(explanation);
  const [asked, ask] = useState<Stage | null | undefined>(undefined);
  const open = asked === undefined ? widest(steps) : asked;
  const panel = useId();
  const shown = steps.find(({ stage }) => stage === open);
  return (
    <Section title={t("funnel.title")} description={t("funnel.says", { count: explanation.considered })}>
      <div className={classes.funnel}>
        <ol className={classes.steps} aria-label={t("funnel.title")}>
          {steps.map((step) => (
            <Stone key={step.stage} step={step} whole={explanation.considered} open={step.stage === open} panel={panel} onOpen={() => ask(step.stage === open ? null : step.stage)} />
          ))}
          <li className={classes.through}><IconCheck size={16} stroke={2} aria-hidden />{t("funnel.shown", { count: slots })}</li>
        </ol>
        <div id={panel} className={classes.fallen} role="region" aria-label={t("funnel.fallen")} aria-live="polite">
          {shown && shown.dropped.length > 0 ? <Fallen step={shown} /> : <p className={classes.quiet}>{t(explanation.dropped.length === 0 ? "funnel.nothing" : "funnel.choose")}</p>}
        </div>
      </div>
    </Section>
  );
}

function Stone({ step, whole, open, panel, onOpen }: { step: Step; whole: number; open: boolean; panel: string; onOpen: () => void }) {
  const { t } = useTranslation("decisions");
  const format = useFormat();
  const words = useWords();
  const out = step.dropped.length;
  const picture = (
    <>
      <span className={classes.stage}>{words.stage(step.stage)}</span>
      <span className={classes.lane} aria-hidden>{out > 0 && <span className={classes.wedge} style={{ clipPath: shapeOf({ ...step, left: step.entered }, whole) }} />}<span className={classes.shape} style={{ clipPath: shapeOf(step, whole) }} /></span>
      <span className={classes.out} data-figure>
        {out > 0 ? <><IconArrowDown size={13} stroke={2} aria-hidden />{format.number(out)}<span className={classes.unseen}> {t("funnel.out", { count: out })}</span></> : <span className={classes.unseen}>{t("funnel.noneOut")}</span>}
      </span>
    </>
  );
  if (out === 0) return <li className={classes.stone} data-still title={words.stageSays(step.stage)}>{picture}</li>;
  return (
    <li>
      <button type="button" className={classes.stone} aria-expanded={open} aria-controls={panel} data-stage={step.stage} onClick={onOpen}>{picture}</button>
    </li>
  );
}

function Fallen({ step }: { step: Step }) {
  const { t } = useTranslation("decisions");
  const words = useWords();
  const { called } = useWhat();
  return (
    <>
      <h3>{t("funnel.at", { stage: words.stage(step.stage), count: step.dropped.length })}</h3>
      <p className={classes.quiet}>{words.stageSays(step.stage)}</p>
      <ul className={classes.rules}>
        {byRule(step.dropped).map(({ rule, actions }) => (
          <li key={rule}>
            <p className={classes.rule}>{words.rule(rule)}</p>
            <p className={classes.named}>{actions.map((action) => <span key={action} title={action}>{called(action)}</span>)}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
