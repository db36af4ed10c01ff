import { IconArrowNarrowRight, IconCheck, IconQuote } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { shapeOf } from "../decisions/funnel";
import { OUTCOME_TONE, useWords } from "../decisions/words";
import type { Stage } from "../decisions/data";
import { useFormat } from "../parts/format";
import { Tag } from "../parts/Tag";
import type { Facts } from "./facts";
import classes from "./Tour.module.css";

/** What was decided for her: how many there were, where the others fell out, which was left and what became of it. */
export function Decision(facts: Facts["decision"]) {
  const { t } = useTranslation("tour");
  const format = useFormat();
  const words = useWords();
  const says = t("step.decision.says", {
    card: facts.card,
    date: format.date(facts.at),
    placement: facts.placement_title,
    count: facts.considered,
    competed: format.number(facts.competed),
    action: facts.action_title,
  });
  return (
    <>
      <p>{says}</p>
      {facts.because && <p className={classes.said}><IconQuote size={15} stroke={1.75} aria-hidden />{facts.because}</p>}
      <Narrowing {...facts} />
      <div className={classes.picture}>
        <Tag tone="info">{facts.action_title}</Tag>
        {facts.discount > 0 && <Tag tone="watch">{t("step.decision.discount", { percent: facts.discount })}</Tag>}
        <IconArrowNarrowRight size={18} aria-hidden />
        <Tag tone={OUTCOME_TONE[facts.outcome]} icon={facts.outcome === "accepted" ? IconCheck : undefined}>{words.outcome(facts.outcome)}</Tag>
      </div>
    </>
  );
}

/** The funnel, of the stages at which something fell out. */
function Narrowing({ funnel, considered }: Pick<Facts["decision"], "funnel" | "considered">) {
  const { t } = useTranslation("tour");
  const words = useWords();
  return (
    <ul className={classes.funnel} aria-label={t("step.decision.funnel")}>
      {funnel.filter(({ dropped }) => dropped > 0).map(({ stage, entered, dropped }) => (
        <li key={stage}>
          <span>{words.stage(stage as Stage)}</span>
          <span className={classes.lane} aria-hidden><span style={{ clipPath: shapeOf({ stage: stage as Stage, entered, left: entered - dropped, dropped: [] }, considered) }} /></span>
          <span data-figure>{t("step.decision.out", { count: dropped })}</span>
        </li>
      ))}
    </ul>
  );
}
