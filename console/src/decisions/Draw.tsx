import { useTranslation } from "react-i18next";
import { Section, Tag, useFormat } from "../parts";
import { useWhat } from "./data";
import type { Scored } from "./data";
import classes from "./Decisions.module.css";
import { chances } from "./draw";

interface Drawn {
  action: string;
  propensity: number;
}

/** With which chance each was to be drawn, and which was. */
export function Draw({ scores, slots, exploration, seed }: { scores: readonly Scored[]; slots: readonly Drawn[]; exploration: number | null; seed?: number }) {
  const { t } = useTranslation("decisions");
  const format = useFormat();
  const { called } = useWhat();
  if (scores.length === 0) return null;
  const all = exploration === null ? scores.map(({ weight = 0 }) => weight) : chances(scores, exploration);
  const says = exploration === null ? t("draw.saysPlain") : t("draw.says", { share: format.share(exploration, 1), count: scores.length });
  return (
    <Section title={t("draw.title")} description={says}>
      <div className={classes.chances} aria-hidden>
        {scores.map((each, n) => <span key={each.action} data-n={n % 8} data-drawn={each.action === slots[0]?.action || undefined} style={{ flexGrow: Math.max(all[n]!, 0.004) }} />)}
      </div>
      <table className={classes.table}>
        <thead><tr><th scope="col">{t("draw.action")}</th><th scope="col">{t("draw.weight")}</th><th scope="col">{t("draw.chance")}</th><th scope="col">{t("draw.drawn")}</th></tr></thead>
        <tbody>
          {scores.map((each, n) => {
            const slot = slots.findIndex(({ action }) => action === each.action);
            return (
              <tr key={each.action}>
                <td data-lead><i className={classes.swatch} data-n={n % 8} aria-hidden />{called(each.action)}</td>
                <td data-figure data-title={t("draw.weight")}>{format.share(each.weight ?? 0)}</td>
                <td data-figure data-title={t("draw.chance")}>{exploration === null ? "–" : format.share(all[n]!)}</td>
                <td data-title={t("draw.drawn")}>{slot >= 0 ? <span><Tag tone="ok">{t("slot", { number: slot + 1 })}</Tag> <small data-figure>{t("draw.with", { chance: format.share(slots[slot]!.propensity) })}</small></span> : "–"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {seed !== undefined && <p className={classes.quiet}>{t("draw.seed")} <code>{seed}</code></p>}
    </Section>
  );
}
