import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import { useSession } from "../../app/session";
import { ChannelBadge } from "../../parts/Channel";
import { Code } from "../../parts/Code";
import { Copy } from "../../parts/Copy";
import { useFormat } from "../../parts/format";
import { IdentifierChip } from "../../parts/IdentifierChip";
import { SourceBadge } from "../../parts/SourceBadge";
import { TierBadge } from "../../parts/TierBadge";
import { When } from "../../parts/When";
import classes from "./Detail.module.css";
import { isComposed } from "./events";
import type { TimelineEvent } from "./events";
import { useMarks } from "./marks";
import { Products } from "./Products";
import { Values } from "./Values";

/** Everything of one event: where it came from, when, on whom it stands, and what it said. */
export function EventDetail({ event, personId }: { event: TimelineEvent; personId: string }) {
  const { t } = useTranslation("timeline");
  const marks = useMarks();
  const [json, setJson] = useState(false);
  const { products, ...rest } = event.properties;
  const listed = Array.isArray(products) && products.length > 0 && products.every((each) => typeof each === "object" && each !== null);
  return (
    <div className={classes.detail} role="region" aria-label={t("detail.label")}>
      <Facts event={event} personId={personId} />
      {event.marks && (
        <Part title={t("detail.marks")}>
          <ul className={classes.marks}>{event.marks.map((mark) => <li key={mark}>{marks(mark)} <code>{mark}</code></li>)}</ul>
        </Part>
      )}
      {json ? (
        <Code text={JSON.stringify(event, null, 2)} language="JSON" maxHeight={420} />
      ) : (
        <>
          {listed && <Part title={t("detail.products")}><Products products={products as Record<string, unknown>[]} currency={event.properties.currency} /></Part>}
          <Named title={t("detail.properties")} values={listed ? rest : event.properties} />
          <Named title={t("detail.traits")} values={event.traits} />
          <Named title={t("detail.context")} values={event.context} />
        </>
      )}
      <div><Button size="compact-xs" variant="subtle" onClick={() => setJson(!json)}>{json ? t("detail.noJson") : t("detail.json")}</Button></div>
    </div>
  );
}

function Facts({ event, personId }: { event: TimelineEvent; personId: string }) {
  const { t } = useTranslation("timeline");
  const { composed_sources } = useSession();
  const format = useFormat();
  const later = (Date.parse(event.received_at) - Date.parse(event.timestamp)) / 1000;
  return (
    <dl className={classes.facts}>
      <Fact name={t("detail.identifier")}><StandsOn fragmentId={event.fragment_id} personId={personId} /></Fact>
      <Fact name={t("detail.source")}><SourceBadge source={event.source} composed={isComposed(event, composed_sources)} /></Fact>
      <Fact name={t("detail.channel")}><ChannelBadge channel={event.channel} /></Fact>
      <Fact name={t("detail.name")}><code>{event.event ? `${event.type} · ${event.event}` : event.type}</code></Fact>
      <Fact name={t("detail.happened")}><When at={event.timestamp} as="both" seconds /></Fact>
      <Fact name={t("detail.received")}>
        <When at={event.received_at} as="both" seconds />
        {later >= 60 && <span className={classes.quiet}> {t("detail.later", { duration: format.duration(later) })}</span>}
      </Fact>
      <Fact name={t("detail.message")}><span className={classes.id}><code>{event.message_id}</code><Copy value={event.message_id} size={22} /></span></Fact>
      {event.group_id && <Fact name={t("detail.group")}>{event.group_id}</Fact>}
    </dl>
  );
}

/** The identifier by which this event is hers. */
function StandsOn({ fragmentId, personId }: { fragmentId: string; personId: string }) {
  const { t } = useTranslation("timeline");
  const { data, isPending } = useQuery(get("/api/v1/persons/{person_id}/identity", { params: { path: { person_id: personId } } }));
  const found = [...(data?.identifiers ?? []), ...(data?.shared_devices ?? [])].find((each) => each.fragment_id === fragmentId);
  if (found) return <span className={classes.id}><IdentifierChip kind={found.kind} value={found.value} /><TierBadge tier={found.tier} /></span>;
  return <span className={classes.quiet}>{isPending ? "…" : t("detail.unknownIdentifier")}</span>;
}

function Named({ title, values }: { title: string; values: Record<string, unknown> }) {
  if (Object.keys(values).length === 0) return null;
  return <Part title={title}><Values values={values} /></Part>;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h4 className={classes.title}>{title}</h4>
      {children}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
