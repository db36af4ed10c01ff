import { IconQuote } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Tag, useFormat, When } from "../parts";
import { useWhat } from "./data";
import type { Outcome, Slot } from "./data";
import classes from "./Decisions.module.css";
import { OUTCOME_TONE, useWords } from "./words";

const HEADLINES = ["headline", "title", "text"];
const QUIET = new Set(["format", "locale", "image", "link", "url"]);

/** How a slot differs from another answer's. */
interface Mark {
  says: string;
  /** It need not catch the eye. */
  quiet: boolean;
}

/** What each slot showed, as it was written out, with the sentence that can be said. */
export function Slots({ slots, outcomes, marks, label }: { slots: readonly Slot[]; outcomes?: readonly Outcome[]; marks?: readonly (Mark | null)[]; label: string }) {
  return (
    <ol className={classes.slots} aria-label={label}>
      {slots.map((slot, n) => <One key={`${n} ${slot.action}`} slot={slot} number={n + 1} outcome={outcomes?.[n]} mark={marks?.[n] ?? null} />)}
    </ol>
  );
}

function One({ slot, number, outcome, mark }: { slot: Slot; number: number; outcome?: Outcome; mark: Mark | null }) {
  const { t } = useTranslation("decisions");
  const format = useFormat();
  const words = useWords();
  const { called } = useWhat();
  const products = slot.products ?? [];
  return (
    <li className={classes.slot} data-mark={(mark && !mark.quiet) || undefined}>
      <div className={classes.slotHead}>
        <span className={classes.number} aria-label={t("slot", { number })}>{number}</span>
        <strong title={slot.action}>{called(slot.action)}</strong>
        {mark && <Tag tone={mark.quiet ? "quiet" : "watch"}>{mark.says}</Tag>}
        {slot.discount > 0 && <Tag tone="watch" title={slot.personalised_price ? t("personalised") : undefined}>{t("discount", { percent: slot.discount })}</Tag>}
      </div>
      <Content content={slot.content} />
      {products.length > 0 && (
        <ul className={classes.products}>{products.slice(0, 6).map((each) => <li key={each.sku}>{each.name ?? each.sku}{each.reason && <small> {each.reason}</small>}</li>)}</ul>
      )}
      <p className={classes.because}><IconQuote size={15} stroke={1.75} aria-hidden />{slot.because}</p>
      <p className={classes.foot}>
        <span data-figure>{t("chance", { share: format.share(slot.propensity) })}</span>
        {outcome && <Tag tone={OUTCOME_TONE[outcome.outcome]}>{words.outcome(outcome.outcome)}</Tag>}
        {outcome?.at && <When at={outcome.at} as="both" />}
      </p>
    </li>
  );
}

/** The texts of a slot, the headline first; pictures and links by their address, since nothing foreign is loaded here. */
function Content({ content }: { content: Slot["content"] }) {
  const texts = Object.entries(content).filter((each): each is [string, string] => typeof each[1] === "string" && each[1] !== "");
  const head = texts.find(([name]) => HEADLINES.includes(name));
  const body = texts.filter(([name]) => name !== head?.[0] && !QUIET.has(name));
  const quiet = texts.filter(([name, text]) => name === "link" || name === "url" || (name === "image" && !isOurs(text)));
  const image = texts.find(([name, value]) => name === "image" && isOurs(value))?.[1];
  return (
    <div className={classes.content}>
      {image && <img src={image} alt="" className={classes.image} loading="lazy" />}
      {head && <p className={classes.headline}>{head[1]}</p>}
      {body.map(([name, text]) => <p key={name} data-name={name}>{text}</p>)}
      {quiet.map(([name, text]) => <p key={name} className={classes.address}>{text}</p>)}
      <p className={classes.format}>{[content.format, content.locale].filter(Boolean).join(" · ")}</p>
    </div>
  );
}

/** Of this server: what comes from elsewhere the page's policy does not let in. */
function isOurs(address: string): boolean {
  return address.startsWith("/") && !address.startsWith("//");
}

/** The same where the texts of then are not in force any more: which, and what became of it. */
export function Names({ outcomes, label }: { outcomes: readonly Outcome[]; label: string }) {
  const { t } = useTranslation("decisions");
  const format = useFormat();
  const words = useWords();
  const { called } = useWhat();
  return (
    <ol className={classes.slots} aria-label={label}>
      {outcomes.map((each) => (
        <li key={each.slot} className={classes.slot}>
          <div className={classes.slotHead}>
            <span className={classes.number} aria-label={t("slot", { number: each.slot + 1 })}>{each.slot + 1}</span>
            <strong title={each.action}>{called(each.action)}</strong>
            {each.discount > 0 && <Tag tone="watch">{t("discount", { percent: each.discount })}</Tag>}
          </div>
          <p className={classes.foot}>
            <span data-figure>{t("chance", { share: format.share(each.propensity) })}</span>
            <Tag tone={OUTCOME_TONE[each.outcome]}>{words.outcome(each.outcome)}</Tag>
            {each.at && <When at={each.at} as="both" />}
          </p>
        </li>
      ))}
    </ol>
  );
}
