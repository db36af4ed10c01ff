import { Collapse, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconChevronRight } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { ChannelIcon } from "../../parts/Channel";
import { useFormat } from "../../parts/format";
import { useNames } from "../../parts/names";
import { Composed } from "../../parts/SourceBadge";
import { When } from "../../parts/When";
import { EventDetail } from "./EventDetail";
import { isComposed } from "./events";
import type { Row, TimelineEvent } from "./events";
import { kindOf } from "./kinds";
import classes from "./Timeline.module.css";
import { useTelling } from "./words";

interface Props {
  row: Row;
  index: number;
  personId: string;
  open: boolean;
  marked: boolean;
  /** In the tab order; the arrows move from it. */
  active: boolean;
  onToggle: (key: string) => void;
  onActive: (index: number) => void;
}

/** One event: a line of words, and everything of it when it is opened. */
export const EventRow = memo(function EventRow({ row, index, personId, open, marked, active, onToggle, onActive }: Props) {
  const { event } = row;
  return (
    <article className={classes.event} aria-posinset={index + 1} aria-setsize={-1} data-marked={marked || undefined} data-open={open || undefined}>
      {row.day !== null && <Day at={event.timestamp} />}
      <UnstyledButton className={classes.line} aria-expanded={open} data-row={index} tabIndex={active ? 0 : -1} onClick={() => onToggle(row.key)} onFocus={() => onActive(index)}>
        <span className={classes.time}><When at={event.timestamp} as="time" /></span>
        <Dot event={event} />
        <Words event={event} />
        <Origin event={event} />
        <IconChevronRight size={15} className={classes.chevron} aria-hidden />
      </UnstyledButton>
      <Collapse expanded={open} transitionDuration={0}>{open && <EventDetail event={event} personId={personId} />}</Collapse>
    </article>
  );
});

function Day({ at }: { at: string }) {
  const format = useFormat();
  return <h3 className={classes.date}>{format.date(at, { weekday: "long", day: "numeric", month: "long", year: "numeric" })}</h3>;
}

function Dot({ event }: { event: TimelineEvent }) {
  const { icon: Picture, tone } = kindOf(event);
  return <span className={classes.dot} data-tone={tone}><Picture size={16} stroke={1.75} aria-hidden /></span>;
}

function Words({ event }: { event: TimelineEvent }) {
  const { t } = useTranslation("timeline");
  const tell = useTelling();
  const { title, says, amount } = tell(event);
  return (
    <span className={classes.words}>
      <span className={classes.what}>
        {title}
        {event.marks && <IconAlertTriangle size={13} stroke={2} className={classes.mark} role="img" aria-label={t("marked")} />}
      </span>
      {says.length > 0 && <span className={classes.says}>{says.join(" · ")}</span>}
      {amount !== null && <span className={classes.amount} data-spent={kindOf(event).tone === "money" || undefined} data-figure>{amount}</span>}
    </span>
  );
}

function Origin({ event }: { event: TimelineEvent }) {
  const { composed_sources } = useSession();
  const names = useNames();
  const called = names.channel(event.channel);
  return (
    <span className={classes.origin}>
      <ChannelIcon channel={event.channel} size={15} />
      <span className={classes.source}>{event.source === event.channel ? called : event.source}</span>
      {isComposed(event, composed_sources) && <Composed />}
    </span>
  );
}
