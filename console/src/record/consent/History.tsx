import { IconCheck, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../parts/names";
import { Section } from "../../parts/Section";
import { SourceBadge } from "../../parts/SourceBadge";
import { Tag } from "../../parts/Tag";
import { When } from "../../parts/When";
import type { GoldenRecord } from "../data";
import { ToEvent } from "../overview/Orders";
import rows from "../overview/Overview.module.css";
import { usePurposeName } from "./Consent";

/** Every statement about consent, latest first. */
export function History({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const names = useNames();
  const purpose = usePurposeName();
  if (record.consent_history.length === 0) return null;
  return (
    <Section title={t("consent.history")} flush>
      <ul className={rows.rows}>
        {record.consent_history.map((word, n) => (
          <li key={n}>
            <Tag tone={word.state === "granted" ? "ok" : "wrong"} icon={word.state === "granted" ? IconCheck : IconX}>{t(`consent.${word.state}`)}</Tag>
            <div className={rows.words}>
              <div className={rows.line}>{purpose(word.purpose)}: {word.channel ? names.channel(word.channel) : t("consent.everywhere")}</div>
              <div className={rows.fine}>
                {word.address && <span>{word.address}</span>}
                <SourceBadge source={word.source} />
                {word.claimed && <Tag tone="watch" title={t("provenance.claimedSays")}>{t("provenance.claimed")}</Tag>}
              </div>
            </div>
            <div className={rows.end}><small><When at={word.at} as="both" /></small></div>
            <ToEvent at={word.at} source={word.source} label={t("toTimeline")} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
