import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../app/session";
import { Section } from "../../parts/Section";
import { Tag } from "../../parts/Tag";
import type { GoldenRecord } from "../data";
import classes from "../Record.module.css";
import { Predictions } from "./Predictions";
import { Recommended } from "./Recommended";
import { Traits } from "./Traits";

/** What follows from what she did: segments, what is likely, what to offer, what was counted. */
export default function Insights({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("insights");
  return (
    <>
      <Section title={t("segments.title")} description={record.segments.length === 0 ? t("segments.none") : undefined}>
        <Segments names={record.segments} />
      </Section>
      <div className={classes.columns}>
        <div className={classes.column}>
          <Predictions record={record} />
          <Traits record={record} />
        </div>
        <div className={classes.column}><Recommended personId={record.person_id} /></div>
      </div>
    </>
  );
}

function Segments({ names }: { names: readonly string[] }) {
  const { may } = useSession();
  return (
    <div className={classes.chips}>
      {names.map((name) => (may("segments") ? <Link key={name} to={`/segments/${name}`}><Tag tone="accent">{name.replaceAll("_", " ")}</Tag></Link> : <Tag key={name} tone="accent">{name.replaceAll("_", " ")}</Tag>))}
    </div>
  );
}
