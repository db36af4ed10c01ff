import { useTranslation } from "react-i18next";
import { Section } from "../../parts/Section";
import { Tag } from "../../parts/Tag";
import { When } from "../../parts/When";
import type { GoldenRecord } from "../data";
import classes from "./Overview.module.css";

/** Groups and segments she is in; nothing where there are none. */
export function Groups({ record: { groups, segments } }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  if (groups.length === 0 && segments.length === 0) return null;
  return (
    <Section title={t("groups.title")} flush>
      {segments.length > 0 && <div className={classes.tags}>{segments.map((each) => <Tag key={each} tone="info">{each}</Tag>)}</div>}
      <ul className={classes.rows}>
        {groups.map((each) => (
          <li key={each.group_id}>
            <div className={classes.words}>
              <div className={classes.line}>{each.name ?? each.group_id}</div>
              {each.name && <div className={classes.fine}>{each.group_id}</div>}
            </div>
            <div className={classes.end}><small>{t("groups.since")} <When at={each.first_at} as="date" /></small></div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
