import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { useWhat } from "../decisions/data";
import { amount } from "../decisions/Scores";
import { Money, Section, Tag, useFormat } from "../parts";
import type { Counted, Earned } from "./data";
import { Interval, scaleFor } from "./Interval";
import classes from "./Policy.module.css";
import { FEW } from "./sums";

/** What each action did: how often it was seen, what came of it, what one showing is worth; each discount by itself where there are several. */
export function ByAction({ earned }: { earned: readonly Earned[] }) {
  const { t } = useTranslation("policy");
  const format = useFormat();
  const { called } = useWhat();
  // what is accepted earns something or nothing: no true worth is below nothing
  const least = (value: number | null) => (value === null ? null : Math.max(0, value));
  const scale = scaleFor(earned.flatMap((each) => [each, ...each.depths]).flatMap(({ mean, low, high }) => [mean, least(low), high]));
  const share = (part: number, whole: number) => (whole === 0 ? "–" : format.share(part / whole));
  const few = ({ shown }: Counted) => shown < FEW && <> <Tag title={t("by.fewSays", { count: FEW })}>{t("by.few")}</Tag></>;
  const figures = (each: Counted) => (
    <>
      <td data-figure data-title={t("by.shown")}>{format.number(each.shown)}</td>
      <td data-figure data-title={t("by.clicked")}><span>{format.number(each.clicked)} <small>{share(each.clicked, each.shown)}</small></span></td>
      <td data-figure data-title={t("by.accepted")}><span>{format.number(each.accepted)} <small>{share(each.accepted, each.shown)}</small></span></td>
      <td data-figure data-title={t("by.value")}><Money amount={each.value.toFixed(2)} /></td>
      <td data-figure data-title={t("by.worth")}>
        <span className={classes.worth}>
          <span>{each.mean === null ? "–" : amount(each.mean, format)}{each.low !== null && each.high !== null && <small> {t("interval", { low: amount(least(each.low) ?? 0, format), high: amount(each.high, format) })}</small>}</span>
          <Interval value={each.mean} low={least(each.low)} high={each.high} scale={scale} />
        </span>
      </td>
    </>
  );
  return (
    <Section title={t("by.title")} description={t("by.says")} flush>
      <table className={classes.table}>
        <thead><tr>{(["action", "shown", "clicked", "accepted", "value", "worth"] as const).map((each) => <th key={each} scope="col" data-wide={each === "worth" || undefined}>{t(`by.${each}`)}</th>)}</tr></thead>
        <tbody>
          {earned.map((each) => (
            <Fragment key={each.action}>
              <tr>
                <td data-lead title={each.action}>{called(each.action)}{few(each)}</td>
                {figures(each)}
              </tr>
              {each.depths.map((at) => (
                <tr key={at.discount} data-part>
                  <td data-lead>{at.discount ? t("by.depth", { percent: format.share(at.discount / 100) }) : t("by.undiscounted")}{few(at)}</td>
                  {figures(at)}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
