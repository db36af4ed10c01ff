import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ChannelIcon, SourceBadge, When } from "../parts";
import type { TimelineEvent } from "../record/timeline/events";
import { kindOf } from "../record/timeline/kinds";
import type { Family } from "../record/timeline/kinds";
import { useTelling } from "../record/timeline/words";
import type { LiveEvent } from "./arrivals";
import classes from "./Home.module.css";
import type { Called } from "./people";

/** How many pieces are told beside the title, where not two. */
const PIECES: Partial<Record<Family, number>> = { said: 0, page: 1 };

/** One event: by which channel, what happened, to whom, from where, when. */
export const StreamRow = memo(function StreamRow({ event, called }: { event: LiveEvent; called: Called | null | undefined }) {
  const { t } = useTranslation("home");
  const tell = useTelling();
  const whole = asTold(event);
  const { title, says, amount } = tell(whole);
  // what somebody said about herself is for her record, not for a screen that stands open
  const more = says.slice(0, PIECES[kindOf(whole).family] ?? 2);
  return (
    <li className={classes.row}>
      <span className={classes.channel}><ChannelIcon channel={event.channel} size={18} /></span>
      <div className={classes.words}>
        <p className={classes.happened}><strong>{event.type === "identify" ? t("stream.identify") : title}</strong>{more.length > 0 && <span> · {more.join(" · ")}</span>}</p>
        <p className={classes.whose}><Whose event={event} called={called} /> · <SourceBadge source={event.source} composed={composedBy(whole)} /></p>
      </div>
      <div className={classes.end}>
        <When at={event.received_at} as="time" seconds />
        {amount && <span className={classes.amount} data-figure>{amount}</span>}
      </div>
    </li>
  );
});

function Whose({ event, called }: { event: LiveEvent; called: Called | null | undefined }) {
  const { t } = useTranslation("home");
  if (event.person_id === null) return <span title={t("stream.nobodySays")}>{t("stream.nobody")}</span>;
  const name = called?.known ? called.label : called === undefined ? t("stream.somebody") : t("stream.anonymous");
  return <Link to={`/customers/${event.person_id}`} data-known={called?.known || undefined}>{name}</Link>;
}

function asTold(event: LiveEvent): TimelineEvent {
  const body = (event.body ?? {}) as Partial<TimelineEvent>;
  return {
    ...event,
    type: event.type as TimelineEvent["type"],
    event: event.event ?? "",
    properties: body.properties ?? {},
    traits: body.traits ?? {},
    context: body.context ?? {},
    group_id: body.group_id,
  };
}

/** An event may say itself that it was composed; else the source's word holds. */
function composedBy(event: TimelineEvent): true | undefined {
  return event.context.composed === true ? true : undefined;
}
