import { useTranslation } from "react-i18next";
import { Hint } from "../../parts/Hint";
import { Section } from "../../parts/Section";
import { Tag } from "../../parts/Tag";
import type { GoldenRecord } from "../data";
import recordClasses from "../Record.module.css";
import { useTold } from "../overview/Value";
import classes from "./Insights.module.css";

const SHOWN = 6;

/** What was counted, summed and chosen of what she did. */
export function Traits({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("insights");
  const traits = Object.entries(record.traits ?? {}).filter(([, value]) => value !== null && !isEmpty(value));
  const marks = record.traits_marks;
  return (
    <Section title={t("traits.title")} description={t("traits.says")} flush={traits.length > 0}>
      {traits.length === 0 && <p className={recordClasses.quiet}>{t("traits.none")}</p>}
      <dl className={classes.traits}>
        {traits.map(([name, value]) => (
          <div key={name}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>
              <Value value={value} />
              {marks?.incomplete?.includes(name) && <> <Hint says={t("traits.incompleteSays")}><Tag tone="watch">{t("traits.incomplete")}</Tag></Hint></>}
              {marks?.approximate?.includes(name) && <> <Hint says={t("traits.approximateSays")}>≈</Hint></>}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Affinities are a map: the largest of them. */
function Value({ value }: { value: unknown }) {
  const tell = useTold();
  if (value === null || typeof value !== "object" || Array.isArray(value)) return <>{tell(value)}</>;
  const parts = Object.entries(value as Record<string, number>).sort(([, one], [, other]) => other - one).slice(0, SHOWN);
  return <>{parts.map(([name, each]) => `${name} ${tell(each)}`).join(" · ")}</>;
}
