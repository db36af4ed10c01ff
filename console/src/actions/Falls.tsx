import { useTranslation } from "react-i18next";
import { useWords } from "../decisions/words";
import { Section, useFormat, When } from "../parts";
import classes from "./Actions.module.css";
import type { Falls as Fallen } from "./data";

/** Why it is not shown: in the last decisions, at which stage it fell out how often. */
export function Falls({ falls }: { falls: Fallen }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const words = useWords();
  const of = falls.decisions;
  const rows = [
    ...falls.stages.map((each) => ({ key: each.stage as string, title: t(`stage.${each.stage}`), count: each.count, rules: each.stage === "score" ? [] : each.rules, tone: "fell" })),
    ...(falls.absent > 0 ? [{ key: "absent", title: t("falls.absent"), count: falls.absent, rules: [], tone: "absent" }] : []),
    { key: "chosen", title: t("falls.chosen"), count: falls.chosen, rules: [], tone: "chosen" },
  ];
  return (
    <Section title={t("falls.title")} description={of > 0 ? t("falls.says", { count: of, number: format.number(of) }) : undefined} aside={falls.since && <When at={falls.since} />}>
      {of === 0 && <p className={classes.quiet}>{t("falls.none")}</p>}
      {of > 0 && (
        <ol className={classes.falls}>
          {rows.map((each) => (
            <li key={each.key} data-tone={each.tone}>
              <span className={classes.stage}>{each.title}</span>
              <span className={classes.track} aria-hidden><span style={{ width: `${(100 * each.count) / of}%` }} /></span>
              <span data-figure>{format.share(each.count / of, 0)} <small>{format.number(each.count)}</small></span>
              {each.rules.length > 0 && <ul>{each.rules.map((rule) => <li key={rule.rule}><span>{words.rule(rule.rule)}</span> <small data-figure>{format.number(rule.count)}</small></li>)}</ul>}
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
