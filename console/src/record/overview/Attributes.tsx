import { IconArrowsDiff, IconListDetails } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../parts/Empty";
import { Hint } from "../../parts/Hint";
import { Section } from "../../parts/Section";
import { SourceBadge } from "../../parts/SourceBadge";
import { Tag } from "../../parts/Tag";
import { useRules } from "../data";
import type { Attribute, GoldenRecord } from "../data";
import classes from "./Overview.module.css";
import { inOrder, useAttributeName } from "./names";
import { Provenance } from "./Provenance";
import { useFirst } from "./useFirst";
import { useTold } from "./Value";
import { rivals } from "./why";

const AT_FIRST = 14;

/** What sources said of her: the value that stands for each, and where it comes from. */
export function Attributes({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const rules = useRules();
  const attributes = inOrder(record.attributes);
  const [shown, more] = useFirst(attributes, AT_FIRST);
  const conflicts = attributes.filter(([, attribute]) => rivals(attribute).length > 0).length;
  return (
    <Section title={t("attributes.title")} aside={conflicts > 0 && <Tag tone="watch" icon={IconArrowsDiff}>{t("attributes.conflicts", { count: conflicts })}</Tag>} flush>
      {attributes.length === 0 && <Empty icon={IconListDetails} small>{t("attributes.none")}</Empty>}
      <dl className={classes.attributes}>
        {shown.map(([name, attribute]) => <One key={name} name={name} attribute={attribute} rules={rules?.survivorship ?? null} />)}
      </dl>
      {more}
    </Section>
  );
}

function One({ name, attribute, rules }: { name: string; attribute: Attribute; rules: Parameters<typeof Provenance>[0]["rules"] }) {
  const { t } = useTranslation("record");
  const told = useTold();
  const called = useAttributeName();
  const against = rivals(attribute);
  return (
    <div className={classes.attribute}>
      <dt title={name}>{called(name)}</dt>
      <dd>
        <Hint width={340} says={<Provenance name={name} attribute={attribute} rules={rules} />}><span className={classes.value}>{told(attribute.value)}</span></Hint>
        {against.length > 0 && <span className={classes.against}><Tag tone="watch" icon={IconArrowsDiff}>{t("attributes.against", { value: told(against[0]?.value) })}</Tag></span>}
      </dd>
      <dd className={classes.by}>
        {attribute.claimed && <Tag tone="watch" title={t("provenance.claimedSays")}>{t("provenance.claimed")}</Tag>}
        {attribute.third_party && <Tag title={t("provenance.thirdSays")}>{t("provenance.third")}</Tag>}
        <SourceBadge source={attribute.source} />
      </dd>
    </div>
  );
}
