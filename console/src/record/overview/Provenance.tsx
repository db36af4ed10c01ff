import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { SourceBadge } from "../../parts/SourceBadge";
import { Tag } from "../../parts/Tag";
import { When } from "../../parts/When";
import type { Attribute, Claim, Rules } from "../data";
import classes from "./Overview.module.css";
import { useTold } from "./Value";
import { rivals, whyWon } from "./why";

interface Props {
  name: string;
  attribute: Attribute;
  rules: Rules["survivorship"] | null;
}

const OTHERS = 6;

/** Where a value comes from, why it stands, and what it won over. */
export function Provenance({ name, attribute, rules }: Props) {
  const { t } = useTranslation("record");
  const told = useTold();
  const against = rivals(attribute);
  const alike = attribute.others.filter((other) => !against.includes(other));
  const listed = against.slice(0, OTHERS);
  return (
    <div className={classes.provenance}>
      <strong>{told(attribute.value)}</strong>
      <Said claim={attribute} />
      <p>{t(`provenance.why.${whyWon(name, attribute, rules)}`)}</p>
      {alike.length > 0 && <><h4>{t("provenance.alike")}</h4>{alike.slice(0, OTHERS).map((claim) => <Said key={`${claim.source}${claim.claimed}`} claim={claim} />)}</>}
      {listed.length > 0 && <h4>{t("provenance.against")}</h4>}
      {listed.map((claim, n) => (
        <div key={n}>
          <s>{told(claim.value)}</s>
          <Said claim={claim} />
        </div>
      ))}
      {against.length > listed.length && <p>{t("provenance.further", { count: against.length - listed.length })}</p>}
    </div>
  );
}

function Said({ claim }: { claim: Claim }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  return (
    <div className={classes.said}>
      <SourceBadge source={claim.source} />
      <span><When at={claim.observed_at} as="both" /></span>
      <span>{t("provenance.times", { count: claim.count, number: format.number(claim.count) })}</span>
      <Tag tone={claim.claimed ? "watch" : "ok"}>{t(claim.claimed ? "provenance.claimed" : "provenance.proven")}</Tag>
      {claim.third_party && <Tag>{t("provenance.third")}</Tag>}
    </div>
  );
}
