import { useTranslation } from "react-i18next";
import { Section } from "../../parts";
import classes from "../Actions.module.css";
import type { Draft } from "../draft";
import { Basics } from "./Basics";
import { Conditions } from "./Conditions";
import { Contents } from "./Contents";
import { Levers } from "./Levers";
import { Limits } from "./Limits";
import { Worth } from "./Worth";

export interface FormProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** What is wrong at a place of the definition, or below it. */
  wrong: (place: string) => string | undefined;
}

/** An action part by part, what matters most first. */
export function Form(props: FormProps) {
  const { t } = useTranslation("actions");
  return (
    <div className={classes.column}>
      <Section title={t("form.basics")}><Basics {...props} /></Section>
      <Section title={t("form.content")} description={t("form.contentSays")}><Contents {...props} /></Section>
      <Section title={t("form.worth")} description={t("form.worthSays")}><Worth {...props} /></Section>
      <Section title={t("form.who")} description={t("form.whoSays")}><Conditions {...props} /></Section>
      <Section title={t("form.limits")} description={t("form.limitsSay")}><Limits {...props} /></Section>
      <Section title={t("form.levers")} description={t("form.leversSay")}><Levers {...props} /></Section>
    </div>
  );
}
