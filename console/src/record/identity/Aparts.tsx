import { useTranslation } from "react-i18next";
import { Section } from "../../parts/Section";
import { When } from "../../parts/When";
import { End } from "./called";
import type { IdentityView } from "./graph";
import classes from "./Identity.module.css";

/** Whom somebody set apart from her; nothing at all when nobody did. */
export function Aparts({ view }: { view: IdentityView }) {
  const { t } = useTranslation("identity");
  if (view.aparts.length === 0) return null;
  return (
    <Section title={t("aparts.title")} description={t("aparts.says")}>
      <ul className={classes.aparts}>
        {view.aparts.map((apart) => (
          <li key={apart.between.join()}>
            <End view={view} id={apart.between[0]} /> ≠ <End view={view} id={apart.between[1]} />
            <span className={classes.quiet}>{t("aparts.by", { by: apart.by })} · <When at={apart.at} as="both" /></span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
