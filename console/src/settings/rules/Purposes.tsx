import { useTranslation } from "react-i18next";
import { ChannelBadge, Section, SourceBadge, Tag } from "../../parts";
import { Explain } from "../Explain";
import type { RulesView } from "./definitions";
import classes from "./Rules.module.css";
import { RulesPage } from "./RulesPage";

const BASES = ["consent", "contract", "legitimate_interest", "legal_obligation"] as const;
const COLLECTS = ["store", "strip_identifiers", "drop"] as const;
const KNOWN = ["service", "personalisation", "marketing"] as const;

/** What data are used for, and on what ground. */
export function PurposesPage() {
  return <RulesPage section="purposes" view={(rules) => <PurposeRules rules={rules.purposes} />} />;
}

function PurposeRules({ rules }: { rules: RulesView["purposes"] }) {
  const { t } = useTranslation("settings");
  return (
    <>
      <Section title={t("purposes.list")} flush>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("purposes.purpose")}</th>
              <th scope="col"><Explain says={t("purposes.basisSays")}>{t("purposes.basis")}</Explain></th>
              <th scope="col"><Explain says={t("purposes.channelsSays")}>{t("purposes.channels")}</Explain></th>
            </tr>
          </thead>
          <tbody>{rules.purposes.map((purpose) => <Row key={purpose.purpose} purpose={purpose} />)}</tbody>
        </table>
      </Section>
      <Collection collection={rules.collection} />
    </>
  );
}

function Row({ purpose }: { purpose: RulesView["purposes"]["purposes"][number] }) {
  const { t } = useTranslation("settings");
  const known = KNOWN.find((name) => name === purpose.purpose);
  const basis = BASES.find((name) => name === purpose.basis);
  return (
    <tr>
      <td data-lead>
        <span className={classes.kind}><span>{known ? t(`purposes.known.${known}`) : purpose.purpose}<small>{purpose.purpose}</small></span></span>
      </td>
      <td data-title={t("purposes.basis")}>
        {basis ? <Explain says={t(`purposes.groundSays.${basis}`)}><Tag tone={basis === "consent" ? "accent" : "quiet"}>{t(`purposes.ground.${basis}`)}</Tag></Explain> : purpose.basis}
      </td>
      <td data-title={t("purposes.channels")}>
        {purpose.channels.length === 0 && <span className={classes.quiet}>{t("purposes.everywhere")}</span>}
        <span className={classes.steps}>{purpose.channels.map((channel) => <ChannelBadge key={channel} channel={channel} />)}</span>
      </td>
    </tr>
  );
}

function Collection({ collection }: { collection: Record<string, string> }) {
  const { t } = useTranslation("settings");
  const sources = Object.entries(collection);
  return (
    <Section title={t("purposes.collection")} description={t("purposes.collectionSays")} flush={sources.length > 0}>
      {sources.length === 0 && <span className={classes.quiet}>{t("purposes.collectionNone")}</span>}
      {sources.length > 0 && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("purposes.source")}</th>
              <th scope="col">{t("purposes.without")}</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(([source, what]) => {
              const known = COLLECTS.find((name) => name === what);
              return (
                <tr key={source}>
                  <td data-lead><SourceBadge source={source} /></td>
                  <td data-title={t("purposes.without")}>{known ? t(`purposes.collect.${known}`) : what}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Section>
  );
}
