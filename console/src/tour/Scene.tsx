import { IconArrowNarrowRight, IconCheck, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../app/session";
import { useFormat } from "../parts/format";
import { IdentifierChip } from "../parts/IdentifierChip";
import { useNames } from "../parts/names";
import { SourceBadge } from "../parts/SourceBadge";
import { Tag } from "../parts/Tag";
import { TierBadge } from "../parts/TierBadge";
import { Decision } from "./Decision";
import { factsOf } from "./facts";
import type { Facts, Step } from "./facts";
import classes from "./Tour.module.css";

/** A step's paragraph, from its facts, and its small picture. */
export function Scene({ step }: { step: Step }) {
  const household = factsOf(step, "household");
  if (household) return <Household {...household} />;
  const anonymous = factsOf(step, "anonymous");
  if (anonymous) return <Anonymous {...anonymous} />;
  const shared = factsOf(step, "shared_tablet");
  if (shared) return <SharedTablet {...shared} />;
  const conflict = factsOf(step, "conflict");
  if (conflict) return <Conflict {...conflict} />;
  const unmerge = factsOf(step, "unmerge");
  if (unmerge) return <Unmerge {...unmerge} />;
  const erasure = factsOf(step, "erasure");
  if (erasure) return <Erasure {...erasure} />;
  const decision = factsOf(step, "decision");
  return decision && <Decision {...decision} />;
}

function Told({ says, children }: { says: string; children: ReactNode }) {
  return (
    <>
      <p>{says}</p>
      <div className={classes.picture}>{children}</div>
    </>
  );
}

function From({ source }: { source: string }) {
  return <span className={classes.from}><SourceBadge source={source} /></span>;
}

function Household(facts: Facts["household"]) {
  const { t } = useTranslation("tour");
  const names = useNames();
  const format = useFormat();
  const says = t("step.household.says", {
    card: facts.card,
    orders: format.number(facts.orders),
    revenue: format.money(facts.revenue, facts.currency),
    visits: format.number(facts.sessions),
    count: facts.identifiers,
    kinds: format.list(facts.kinds.map(names.kind)),
  });
  return (
    <Told says={says}>
      <IdentifierChip kind="loyalty_card" value={facts.card} plain />
      {facts.sources.map((source) => <From key={source} source={source} />)}
    </Told>
  );
}

function Anonymous(facts: Facts["anonymous"]) {
  const { t } = useTranslation("tour");
  const format = useFormat();
  const says = t("step.anonymous.says", {
    count: facts.events_before,
    days: format.number(facts.days_before, { maximumFractionDigits: 0 }),
    date: format.date(facts.joined_at),
  });
  return (
    <Told says={says}>
      <IdentifierChip {...facts.identifier} plain />
      <IconArrowNarrowRight size={18} aria-hidden />
      <TierBadge tier={facts.tier} />
      <IconArrowNarrowRight size={18} aria-hidden />
      <IdentifierChip {...facts.joined_to} plain />
    </Told>
  );
}

function SharedTablet(facts: Facts["shared_tablet"]) {
  const { t } = useTranslation("tour");
  const says = t("step.shared_tablet.says", { customers: facts.customers, count: facts.events_of_nobody });
  return (
    <Told says={says}>
      <IdentifierChip {...facts.device} plain />
      <Tag tone="wrong" icon={IconX}>{t("step.shared_tablet.out")}</Tag>
      <IdentifierChip {...facts.user} plain />
    </Told>
  );
}

function Conflict(facts: Facts["conflict"]) {
  const { t } = useTranslation("tour");
  const format = useFormat();
  const other = facts.others[0];
  const says = t("step.conflict.says", {
    value: String(facts.value),
    source: facts.source,
    other: String(other?.value ?? ""),
    otherSource: other?.source ?? "",
    date: other ? format.date(other.observed_at) : "",
  });
  return (
    <Told says={says}>
      <Tag tone="ok" icon={IconCheck}>{String(facts.value)}</Tag>
      <From source={facts.source} />
      {other && <Tag icon={IconX}><s>{String(other.value)}</s></Tag>}
      {other && <From source={other.source} />}
    </Told>
  );
}

function Unmerge(facts: Facts["unmerge"]) {
  const { t } = useTranslation("tour");
  const [one, other] = facts.identifiers;
  const says = t("step.unmerge.says", {
    one: one?.value ?? "",
    other: other?.value ?? "",
    count: facts.alike.length,
    together: facts.orders_together,
    first: facts.orders[0],
    second: facts.orders[1],
  });
  return (
    <Told says={says}>
      {one && <Side of={one} person={facts.persons?.[0]} />}
      <Tag tone="info">≠</Tag>
      {other && <Side of={other} person={facts.persons?.[1]} />}
    </Told>
  );
}

/** One of two persons, by her identifier, which leads to her record. */
function Side({ of, person }: { of: Facts["unmerge"]["identifiers"][number]; person: string | undefined }) {
  const { may } = useSession();
  const chip = <IdentifierChip {...of} plain />;
  return person && may("show") ? <Link to={`/customers/${person}#identity`}>{chip}</Link> : chip;
}

function Erasure(facts: Facts["erasure"]) {
  const { t } = useTranslation("tour");
  const format = useFormat();
  const left = Object.values(facts.left).reduce((sum, each) => sum + each, 0);
  const says = t("step.erasure.says", {
    count: facts.events,
    identifiers: facts.identifiers,
    rows: format.number(facts.searched.lake_rows ?? 0),
    left: format.number(left),
  });
  return (
    <Told says={says}>
      <Tag tone={left === 0 ? "ok" : "wrong"} icon={left === 0 ? IconCheck : IconX}>{t("step.erasure.left", { count: left })}</Tag>
      <Tag>{format.dateTime(facts.proven_at)}</Tag>
    </Told>
  );
}
