import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { Section } from "../../parts/Section";
import { When } from "../../parts/When";
import type { GoldenRecord } from "../data";
import classes from "./Overview.module.css";
import { useFirst } from "./useFirst";

const AT_FIRST = 6;

/** Campaigns, ads and mailings she came across, latest first. */
export function Campaigns({ record: { campaigns } }: { record: GoldenRecord }) {
  const { t, i18n } = useTranslation("record");
  const format = useFormat();
  const [shown, more] = useFirst(campaigns, AT_FIRST);
  if (campaigns.length === 0) return null;
  const kind = (name: string) => (i18n.exists(`campaigns.kind.${name}`, { ns: "record" }) ? t(`campaigns.kind.${name as "email"}`) : name.replaceAll("_", " "));
  return (
    <Section title={t("campaigns.title")} flush>
      <ul className={classes.rows}>
        {shown.map((each) => (
          <li key={`${each.kind}${each.name}${each.source}${each.medium}`}>
            <div className={classes.words}>
              <div className={classes.line}>{each.name}</div>
              <div className={classes.fine}>
                <span>{kind(each.kind)}</span>
                {(each.source ?? each.medium) && <span>{[each.source, each.medium].filter(Boolean).join(" / ")}</span>}
                <span>{t("campaigns.seen", { count: each.seen, number: format.number(each.seen) })}</span>
                {each.engaged > 0 && <span>{t("campaigns.engaged", { count: each.engaged, number: format.number(each.engaged) })}</span>}
              </div>
            </div>
            <div className={classes.end}><small><When at={each.last_at} as="date" /></small></div>
          </li>
        ))}
      </ul>
      {more}
    </Section>
  );
}
