import { IconArrowRight, IconEqual } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWhat } from "../decisions/data";
import { amount } from "../decisions/Scores";
import { useWords } from "../decisions/words";
import { Section, Tag, useFormat } from "../parts";
import { differences } from "./differences";
import type { Answered, Difference, Fate } from "./differences";
import classes from "./Simulator.module.css";

const SHOWN = 40;

/** What is otherwise, action by action, what matters most first. */
export function Compared({ before, after, named }: { before: Answered; after: Answered; named: string }) {
  const { t } = useTranslation("simulator");
  const found = differences(before, after);
  if (found.length === 0) return <Section title={t("compared.title")}><p className={classes.same}><IconEqual size={17} stroke={1.75} aria-hidden />{t("compared.same")}</p></Section>;
  return (
    <Section title={t("compared.title")} description={t("compared.says", { count: found.length })} flush>
      <table className={classes.table}>
        <thead><tr><th scope="col">{t("compared.action")}</th><th scope="col">{t("asked")}</th><th scope="col">{named}</th></tr></thead>
        <tbody>{found.slice(0, SHOWN).map((each) => <Row key={each.action} each={each} named={named} />)}</tbody>
      </table>
      {found.length > SHOWN && <p className={classes.more}>{t("compared.more", { count: found.length - SHOWN })}</p>}
    </Section>
  );
}

function Row({ each, named }: { each: Difference; named: string }) {
  const { t } = useTranslation("simulator");
  const { called } = useWhat();
  return (
    <tr data-rank={each.rank >= 3 || undefined}>
      <td data-lead>{called(each.action)}{each.chance && <> <Tag title={t("compared.chanceSays")}>{t("compared.chance")}</Tag></>}</td>
      <td data-title={t("asked")}><Became fate={each.before} /></td>
      <td data-title={named}><span className={classes.arrow}><IconArrowRight size={14} stroke={2} aria-hidden /></span><Became fate={each.after} /></td>
    </tr>
  );
}

function Became({ fate }: { fate: Fate }) {
  const { t } = useTranslation("simulator");
  const format = useFormat();
  const words = useWords();
  switch (fate.fate) {
    case "shown":
      return <span><Tag tone="ok">{t("fate.shown", { number: fate.slot + 1 })}</Tag>{fate.discount > 0 && <> <Tag tone="watch">{t("fate.discount", { percent: fate.discount })}</Tag></>}{fate.score !== null && <small data-figure> {amount(fate.score, format)}</small>}</span>;
    case "competed":
      return <span><Tag tone="info">{t("fate.competed")}</Tag> <small data-figure>{amount(fate.score, format)}</small></span>;
    case "out":
      return <span><Tag>{words.stage(fate.stage)}</Tag> <small>{words.rule(fate.rule)}</small></span>;
    case "absent":
      return <span>–</span>;
  }
}
