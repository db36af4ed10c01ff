import { IconArrowNarrowRight } from "@tabler/icons-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { Section, SourceBadge, Tag } from "../../parts";
import { Explain } from "../Explain";
import type { RulesView } from "./definitions";
import classes from "./Rules.module.css";
import { RulesPage } from "./RulesPage";

const WAYS = ["proven", "trust", "recency", "frequency"] as const;

/** Which value survives where sources disagree. */
export function SurvivorshipPage() {
  return <RulesPage section="survivorship" view={(rules) => <SurvivorshipRules rules={rules.survivorship} />} />;
}

function SurvivorshipRules({ rules }: { rules: RulesView["survivorship"] }) {
  const { t } = useTranslation("settings");
  const attributes = Object.entries(rules.attributes);
  return (
    <>
      <Section title={t("survivorship.default")} description={t("survivorship.defaultSays")}>
        <Steps by={rules.default} />
      </Section>
      <Section title={t("survivorship.trust")} description={t("survivorship.trustSays")}>
        {rules.trust.length === 0 && <span className={classes.quiet}>{t("survivorship.trustNone")}</span>}
        <ol className={classes.rank}>
          {rules.trust.map((source) => (
            <li key={source}>
              <SourceBadge source={source} />
            </li>
          ))}
        </ol>
        {rules.third_party.length > 0 && (
          <p className={classes.steps}>
            <Explain says={t("survivorship.thirdSays")}>{t("survivorship.third")}</Explain>
            {rules.third_party.map((source) => <Tag key={source} tone="watch">{source}</Tag>)}
          </p>
        )}
      </Section>
      <Section title={t("survivorship.attributes")} description={t("survivorship.attributesSays")} flush={attributes.length > 0}>
        {attributes.length === 0 && <span className={classes.quiet}>{t("survivorship.attributesNone")}</span>}
        {attributes.length > 0 && (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t("survivorship.attribute")}</th>
                <th scope="col">{t("survivorship.by")}</th>
              </tr>
            </thead>
            <tbody>
              {attributes.map(([name, by]) => (
                <tr key={name}>
                  <td data-lead><code>{name}</code></td>
                  <td data-title={t("survivorship.by")}><Steps by={by} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </>
  );
}

function Steps({ by }: { by: readonly string[] }) {
  const { t } = useTranslation("settings");
  return (
    <span className={classes.steps}>
      {by.map((name, n) => {
        const way = WAYS.find((each) => each === name);
        return (
          <Fragment key={name}>
            {n > 0 && <IconArrowNarrowRight size={16} aria-label={t("survivorship.then")} color="var(--segue-ink-2)" />}
            {way ? <Explain says={t(`survivorship.waySays.${way}`)}>{t(`survivorship.way.${way}`)}</Explain> : name}
          </Fragment>
        );
      })}
    </span>
  );
}
