import { Anchor, Button } from "@mantine/core";
import { IconTool } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../app/session";
import { ChannelBadge, Code, Copy, useFormat, When } from "../../parts";
import classes from "./Debugger.module.css";
import { Json } from "./Json";
import { useMarks, useReasons } from "./marks";
import { cameWith, parsed } from "./rows";
import type { Letter, LiveEvent, Row } from "./rows";
import { Whose } from "./Whose";

/** What came, beside what was made of it. */
export function Detail({ row }: { row: Row }) {
  return row.letter ? <Refused letter={row.letter} /> : <Admitted event={row.event} />;
}

function Beside({ came, says, copy, made, title }: { came: ReactNode; says: string; copy: string; made: ReactNode; title: string }) {
  const { t } = useTranslation("sources");
  return (
    <div className={classes.beside}>
      <section>
        <header><h3>{t("debug.came")}</h3><Copy value={copy} what={t("json.event")} /></header>
        {came}
        <p className={classes.note}>{says}</p>
      </section>
      <section>
        <header><h3>{title}</h3></header>
        {made}
      </section>
    </div>
  );
}

function Admitted({ event }: { event: LiveEvent }) {
  const { t } = useTranslation("sources");
  const came = cameWith(event);
  return (
    <Beside
      came={<Json value={came} label={t("debug.came")} />}
      says={t("debug.cameSays")}
      copy={JSON.stringify(came, null, 2)}
      title={t("debug.made")}
      made={<Made event={event} />}
    />
  );
}

function Made({ event }: { event: LiveEvent }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const marks = useMarks();
  return (
    <dl className={classes.made}>
      <dt>{t("debug.belongs")}</dt>
      <dd><Whose person={event.person_id} /></dd>
      <dt>{t("debug.fragment")}</dt>
      <dd title={t("debug.fragmentSays")}><code>{event.fragment_id}</code></dd>
      <dt>{t("debug.channel")}</dt>
      <dd><ChannelBadge channel={event.channel} /></dd>
      <dt>{t("debug.happened")}</dt>
      <dd><When at={event.timestamp} as="both" seconds /></dd>
      <dt>{t("debug.received")}</dt>
      <dd><When at={event.received_at} as="both" seconds /></dd>
      <dt>{t("debug.message")}</dt>
      <dd><code>{event.message_id}</code></dd>
      <dt>{t("debug.offset")}</dt>
      <dd>{format.number(event.log_offset)}</dd>
      <dt>{t("debug.marks")}</dt>
      <dd>
        {event.marks.length === 0 && t("debug.noMarks")}
        {event.marks.length > 0 && <ul className={classes.marks}>{event.marks.map((mark) => <li key={mark} title={mark}>{marks(mark)}</li>)}</ul>}
      </dd>
    </dl>
  );
}

function Refused({ letter }: { letter: Letter }) {
  const { t } = useTranslation("sources");
  const { may } = useSession();
  const { reason, cure } = useReasons()(letter.reason);
  const sent = parsed(letter.raw);
  const to = `/dead-letters?source=${letter.source}&reason=${letter.reason}&letter=${letter.dead_letter_id}`;
  return (
    <Beside
      came={sent === undefined ? <Code text={letter.raw} language={t("debug.came")} maxHeight={320} /> : <Json value={sent} label={t("debug.came")} />}
      says={t("debug.cameRefused")}
      copy={letter.raw}
      title={t("debug.whyRefused")}
      made={
        <div className={classes.why}>
          <p><strong>{reason.charAt(0).toUpperCase() + reason.slice(1)}</strong> <code>{letter.reason}</code></p>
          <p>{letter.detail}</p>
          {cure && <p><span className={classes.note}>{t("debug.cure")}</span><br />{cure}</p>}
          {letter.replayed_at && <p>{t("debug.replayed")} <When at={letter.replayed_at} /></p>}
          {may("mend") && !letter.replayed_at
            ? <Button component={Link} to={to} size="xs" variant="default" leftSection={<IconTool size={14} />}>{t("debug.mend")}</Button>
            : may("dead_letters") && <Anchor component={Link} to={to}>{t("debug.see")}</Anchor>}
        </div>
      }
    />
  );
}
