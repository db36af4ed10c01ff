import { IconBrowser, IconChevronRight } from "@tabler/icons-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { ChannelIcon } from "../../parts/Channel";
import { Empty } from "../../parts/Empty";
import { Money } from "../../parts/Figures";
import { useFormat } from "../../parts/format";
import { Section } from "../../parts/Section";
import { SourceBadge } from "../../parts/SourceBadge";
import { Tag } from "../../parts/Tag";
import { When } from "../../parts/When";
import type { GoldenRecord, Session } from "../data";
import { ToEvent } from "./Orders";
import classes from "./Overview.module.css";
import { stepsOf } from "./steps";
import type { Step } from "./steps";
import { useFirst } from "./useFirst";

const AT_FIRST = 6;

/** Her latest visits, each with its path. */
export function Sessions({ record: { sessions } }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  const [shown, more] = useFirst(sessions.recent, AT_FIRST);
  const latest = sessions.count > sessions.recent.length;
  return (
    <Section title={t("sessions.title")} aside={latest && t("sessions.latest", { count: sessions.recent.length, all: format.number(sessions.count) })} flush>
      {sessions.recent.length === 0 && <Empty icon={IconBrowser} small>{t("sessions.none")}</Empty>}
      <ul className={classes.rows}>
        {shown.map((session) => <One key={`${session.source}${session.started_at}`} session={session} />)}
      </ul>
      {more}
    </Section>
  );
}

function One({ session }: { session: Session }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  const campaign = [session.campaign, session.campaign_source, session.campaign_medium].filter(Boolean).join(" / ");
  return (
    <li>
      <ChannelIcon channel={session.channel} size={18} />
      <div className={classes.words}>
        <div className={classes.line}>
          <When at={session.started_at} as="both" />
          <span className={classes.fine}>{format.duration(session.dwell_seconds)}</span>
          <span className={classes.fine}><SourceBadge source={session.source} /></span>
          {session.active && <Tag tone="ok">{t("sessions.active")}</Tag>}
        </div>
        <ol className={classes.path} aria-label={t("sessions.path")}>
          {stepsOf(session).map((step, at) => (
            <Fragment key={step.name}>
              {at > 0 && <li aria-hidden><IconChevronRight size={12} /></li>}
              <li><Stop step={step} /></li>
            </Fragment>
          ))}
        </ol>
        <div className={classes.fine}>
          {campaign && <span>{t("sessions.campaign", { campaign })}</span>}
          {session.referrer && <span className={classes.cut} title={session.referrer}>{t("sessions.from", { referrer: session.referrer })}</span>}
          {session.device && <span>{session.device}</span>}
        </div>
      </div>
      <div className={classes.end}>{session.orders > 0 && <strong><Money amount={session.revenue} currency={session.currency} /></strong>}</div>
      <ToEvent at={session.ended_at} source={session.source} label={t("sessions.show", { at: format.dateTime(session.started_at) })} />
    </li>
  );
}

function Stop({ step }: { step: Step }) {
  const { t } = useTranslation("record");
  const text = step.mood === "left" ? t(`step.${step.name === "checkout" ? "checkoutLeft" : "cartLeft"}`, { count: step.count }) : step.place !== undefined ? step.place : t(`step.${step.name as "pages"}`, { count: step.count });
  return <Tag tone={step.mood === "left" ? "watch" : step.mood === "done" ? "ok" : "quiet"} title={step.place !== undefined ? t(`step.${step.name as "landing"}`) + ": " + step.place : undefined}>{text}</Tag>;
}
