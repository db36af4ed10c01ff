import { useTranslation } from "react-i18next";
import { Hint, Section, Tag, useFormat } from "../parts";
import type { Format } from "../parts";
import { useWhat } from "./data";
import type { Scored } from "./data";
import classes from "./Decisions.module.css";
import { givenOf, scaleOf, spanOf } from "./draw";

/** Those that came through: what each was thought to be worth, how sure that is, and of what it is made. */
export function Scores({ scores, shown }: { scores: readonly Scored[]; shown: readonly string[] }) {
  const { t } = useTranslation("decisions");
  const at = scaleOf(scores.map(spanOf));
  if (scores.length === 0) return <Section title={t("scores.title")}><p className={classes.quiet}>{t("scores.none")}</p></Section>;
  return (
    <Section title={t("scores.title")} description={t("scores.says")}>
      <ol className={classes.scores} aria-label={t("scores.title")}>
        {scores.map((each) => <One key={each.action} each={each} slot={shown.indexOf(each.action)} at={at} />)}
      </ol>
    </Section>
  );
}

function One({ each, slot, at }: { each: Scored; slot: number; at: (value: number) => number }) {
  const { t } = useTranslation("decisions");
  const format = useFormat();
  const { called } = useWhat();
  const { low, high } = spanOf(each);
  const zero = at(0);
  const here = at(each.score);
  return (
    <li data-shown={slot >= 0 || undefined}>
      <div className={classes.scored}>
        <strong title={each.action}>{called(each.action)}</strong>
        {each.discount > 0 && <Tag tone="watch">{t("discount", { percent: each.discount })}</Tag>}
        {slot >= 0 && <Tag tone="ok">{t("slot", { number: slot + 1 })}</Tag>}
        <span className={classes.worth} data-figure>{amount(each.score, format)}</span>
      </div>
      <span className={classes.scale} aria-hidden>
        <span className={classes.bar} style={{ left: `${Math.min(zero, here)}%`, width: `${Math.abs(here - zero)}%` }} />
        <span className={classes.whisker} style={{ left: `${at(low)}%`, width: `${at(high) - at(low)}%` }} />
        <span className={classes.zero} style={{ left: `${zero}%` }} />
        <span className={classes.dot} style={{ left: `${here}%` }} />
      </span>
      <p className={classes.sum}><Sum each={each} /></p>
      {each.anyway! > 0 && <p className={classes.quiet}>{t("scores.anyway", { share: format.share(each.anyway!) })}</p>}
    </li>
  );
}

/** (acceptance − anyway) × margin × levers − discount given away − cost − fatigue = score, each part with what it means. */
function Sum({ each }: { each: Scored }) {
  const { t } = useTranslation("decisions");
  const format = useFormat();
  const money = (value: number) => amount(value, format);
  const { anyway = 0 } = each;
  const given = givenOf(each);
  return (
    <>
      {anyway > 0 && <span aria-hidden>(</span>}
      <Hint says={t("scores.acceptanceSays")}>{format.share(each.acceptance)} ± {format.share(each.uncertainty)}</Hint>
      {anyway > 0 && <><span aria-hidden>−</span><Hint says={t("scores.anywaySays")}>{format.share(anyway)}</Hint><span aria-hidden>)</span></>}
      <span aria-hidden>×</span>
      <Hint says={t("scores.marginSays")}>{money(each.margin)}</Hint>
      {each.levers !== 1 && <><span aria-hidden>×</span><Hint says={t("scores.leversSays")}>{format.number(each.levers, { maximumFractionDigits: 2 })}</Hint></>}
      {given > 0 && <><span aria-hidden>−</span><Hint says={t("scores.givenSays")}>{money(given)}</Hint></>}
      {each.cost !== 0 && <><span aria-hidden>−</span><Hint says={t("scores.costSays")}>{money(each.cost)}</Hint></>}
      {each.fatigue !== 0 && <><span aria-hidden>−</span><Hint says={t("scores.fatigueSays")}>{money(each.fatigue)}</Hint></>}
      <span aria-hidden>=</span>
      <span>{money(each.score)}</span>
    </>
  );
}

/** Money of which a few cents or less matter. */
export function amount(value: number, format: Format): string {
  if (value !== 0 && Math.abs(value) < 0.05) return format.number(value, { maximumSignificantDigits: 2 });
  return format.money(value.toFixed(2));
}
