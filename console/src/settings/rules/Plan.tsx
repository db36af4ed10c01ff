import { Anchor } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../app/session";
import { Empty, Section, Tag } from "../../parts";
import type { Tone } from "../../parts";
import { Explain } from "../Explain";
import type { Definition, RulesView } from "./definitions";
import classes from "./Rules.module.css";
import { RulesPage } from "./RulesPage";
import { Schemas } from "./Schemas";

type Rules = RulesView["plan"];
const TONES = { allow: "quiet", flag: "info", trim: "watch", reject: "wrong" } as const satisfies Record<string, Tone>;

/** Which events were agreed on, and what becomes of others. */
export function PlanPage() {
  return <RulesPage section="plan" view={(rules, definitions) => <PlanRules rules={rules.plan} definitions={definitions} />} />;
}

function PlanRules({ rules, definitions }: { rules: Rules; definitions: Definition[] }) {
  const { t } = useTranslation("settings");
  const columns = ["event", "properties", "schema", "violation"] as const;
  return (
    <>
      <Section title={t("plan.events")} flush>
        {rules.events.length === 0 && <Empty small icon={IconListCheck} title={t("plan.none")}>{t("plan.noneSays")}</Empty>}
        {rules.events.length > 0 && (
          <table className={classes.table}>
            <thead><tr>{columns.map((name) => <th key={name} scope="col">{t(`plan.${name}`)}</th>)}</tr></thead>
            <tbody>{rules.events.map((event) => <Row key={event.event} event={event} />)}</tbody>
          </table>
        )}
      </Section>
      <Section title={t("plan.unplanned")} description={t("plan.unplannedSays")}>
        <div className={classes.shown}>
          <span className={classes.steps}>{t("plan.unplannedEvent")} <Verdict verdict={rules.unplanned_event} /></span>
          <span className={classes.steps}>{t("plan.unplannedProperty")} <Verdict verdict={rules.unplanned_property} /></span>
        </div>
      </Section>
      <Schemas schemas={definitions.filter(({ name }) => name.startsWith("schemas/"))} plan={rules} />
    </>
  );
}

function Row({ event }: { event: Rules["events"][number] }) {
  const { t } = useTranslation("settings");
  const { may } = useSession();
  return (
    <tr>
      <td data-lead><strong>{event.event}</strong></td>
      <td data-title={t("plan.properties")}>
        {event.properties.length === 0 && <span className={classes.quiet}>–</span>}
        <span className={classes.paths}>
          {event.properties.map((name) => (
            <code key={name}>{name}{event.required.includes(name) && <span title={t("plan.required")}> *</span>}</code>
          ))}
        </span>
      </td>
      <td data-title={t("plan.schema")}>
        {event.schema && <Anchor component={Link} size="sm" to={`?${may("define") ? "edit" : "history"}=${encodeURIComponent(event.schema)}`}>{event.schema.replace("schemas/", "")}</Anchor>}
        {!event.schema && <span className={classes.quiet}>{t(event.properties.length ? "plan.inside" : "plan.noSchema")}</span>}
      </td>
      <td data-title={t("plan.violation")}><Verdict verdict={event.on_violation} /></td>
    </tr>
  );
}

function Verdict({ verdict }: { verdict: string }) {
  const { t } = useTranslation("settings");
  const known = (["allow", "flag", "trim", "reject"] as const).find((name) => name === verdict);
  if (!known) return <Tag>{verdict}</Tag>;
  return <Explain says={t(`plan.verdictSays.${known}`)}><Tag tone={TONES[known]}>{t(`plan.verdict.${known}`)}</Tag></Explain>;
}
