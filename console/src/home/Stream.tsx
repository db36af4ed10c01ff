import { ActionIcon, Skeleton, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconActivity, IconArrowUp, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty, LiveBadge, Section, Sparkline, useFormat } from "../parts";
import type { Coming } from "./data";
import classes from "./Home.module.css";
import { useCalled } from "./people";
import { StreamRow } from "./StreamRow";

/** Rows whose persons are asked for by name: about what can be seen. */
const NAMED = 40;

/** What comes in, as it comes. It stands still while it is read: under the pointer, under the focus, scrolled, or on request. */
export function Stream({ coming }: { coming: Coming }) {
  const { t } = useTranslation("home");
  const [paused, setPaused] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const reading = useReading();
  const { stand, shown, waiting, still } = coming;
  const stop = paused || reading.now;
  useEffect(() => stand(stop), [stop]); // eslint-disable-line react-hooks/exhaustive-deps -- `stand` only dispatches
  const ids = useMemo(() => [...new Set(shown.slice(0, NAMED).flatMap((event) => event.person_id ?? []))], [shown]);
  const called = useCalled(ids);
  const goOn = () => {
    list.current?.scrollTo({ top: 0 });
    setPaused(false);
    reading.end();
  };
  return (
    <Section title={t("stream.title")} flush aside={<Head coming={coming} paused={paused} onPause={() => setPaused(!paused)} />}>
      <div className={classes.stream} {...reading.watch}>
        {shown.length === 0 ? (
          <Nothing loading={coming.loading} />
        ) : (
          <ul ref={list} className={classes.rows} aria-label={t("stream.list")} onScroll={(event) => reading.scrolled(event.currentTarget.scrollTop > 4)}>
            {shown.map((event) => <StreamRow key={event.log_offset} event={event} called={event.person_id ? called.get(event.person_id) : undefined} />)}
          </ul>
        )}
        {still && waiting > 0 && (
          <UnstyledButton className={classes.newer} onClick={goOn}>
            <IconArrowUp size={14} stroke={2} aria-hidden />
            {t("stream.newer", { count: waiting })}
          </UnstyledButton>
        )}
      </div>
      <Summary coming={coming} />
    </Section>
  );
}

function Head({ coming, paused, onPause }: { coming: Coming; paused: boolean; onPause: () => void }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const { rates } = coming;
  const rate = format.number(rates.at(-1) ?? 0, { maximumFractionDigits: 1 });
  const label = t("stream.rates", { rate, highest: format.number(Math.max(0, ...rates), { maximumFractionDigits: 1 }) });
  return (
    <div className={classes.head}>
      <span className={classes.rate} title={label}>
        <Sparkline values={rates} label={label} width={72} height={20} fill />
        <span data-figure>{t("stream.rate", { rate })}</span>
      </span>
      <LiveBadge state={paused ? "paused" : coming.state} />
      <ActionIcon variant="subtle" color="gray" aria-pressed={paused} aria-label={t("stream.pause")} title={t(paused ? "stream.goOn" : "stream.pause")} onClick={onPause}>
        {paused ? <IconPlayerPlay size={16} stroke={1.75} /> : <IconPlayerPause size={16} stroke={1.75} />}
      </ActionIcon>
    </div>
  );
}

function Nothing({ loading }: { loading: boolean }) {
  const { t } = useTranslation("home");
  if (!loading) return <Empty icon={IconActivity} title={t("stream.none")} small>{t("stream.noneSays")}</Empty>;
  return (
    <div className={classes.rows} aria-hidden>
      {Array.from({ length: 8 }, (_, n) => <div key={n} className={classes.row}><Skeleton height={14} width={`${85 - n * 4}%`} /></div>)}
    </div>
  );
}

/** Whether somebody reads the list: her pointer or her focus is in it, or she has scrolled down. */
function useReading() {
  const [over, setOver] = useState(false);
  const [within, setWithin] = useState(false);
  const [away, setAway] = useState(false);
  const watch = {
    // a finger does not hover: it would leave the list still for ever
    onPointerEnter: (event: React.PointerEvent) => event.pointerType === "mouse" && setOver(true),
    onPointerLeave: () => setOver(false),
    onFocus: () => setWithin(true),
    onBlur: (event: React.FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && setWithin(false),
  };
  const end = () => {
    setOver(false);
    setWithin(false);
    setAway(false);
  };
  return { now: over || within || away, watch, scrolled: setAway, end };
}

const SAID_EVERY = 60_000;

/** For who listens: once a minute how much came. The list itself is never read out by itself. */
function Summary({ coming }: { coming: Coming }) {
  const { t } = useTranslation("home");
  const [says, setSays] = useState("");
  const count = Math.round(coming.rates.reduce((sum, each) => sum + each, 0));
  const latest = useRef(count);
  useEffect(() => {
    latest.current = count;
  });
  useEffect(() => {
    const timer = setInterval(() => setSays(t("stream.summary", { count: latest.current })), SAID_EVERY);
    return () => clearInterval(timer);
  }, [t]);
  return <VisuallyHidden role="status" aria-live="polite">{says}</VisuallyHidden>;
}
