import { Button, Skeleton } from "@mantine/core";
import { IconArrowUp, IconFilterOff, IconTimeline } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { useFormat } from "../../parts/format";
import { dayTeller, endOfDay } from "./events";
import type { Row } from "./events";
import { Feed } from "./Feed";
import { Filtering } from "./Filtering";
import { wishOf } from "./place";
import type { TimelineState, Wish } from "./place";
import classes from "./Timeline.module.css";
import { isFiltered, NOTHING, useOffered, useTimeline } from "./useTimeline";
import type { Chosen } from "./useTimeline";

/** Everything that came of her across all channels, newest first, endless. */
export default function Timeline({ personId }: { personId: string }) {
  const { t } = useTranslation("timeline");
  const { timeZone } = useFormat();
  const [wish, goTo] = useWish();
  const [chosen, setChosen] = useState<Chosen>(NOTHING);
  const timeline = useTimeline(personId, chosen, wish?.at ?? null);
  const offered = useOffered(personId, timeline.rows);
  const day = useMemo(() => (wish ? dayTeller(timeZone)(wish.at) : ""), [wish, timeZone]);
  const jump = (to: string) => {
    const at = endOfDay(to, timeZone);
    goTo(at === null ? null : { at });
  };
  const marked = wish && timeline.rows ? markedIn(timeline.rows, wish) : null;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, rows } = timeline;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return (
    <section className={classes.timeline} aria-label={t("title")}>
      <Filtering offered={offered} chosen={chosen} onChange={setChosen} day={day} onDay={jump} />
      {wish && <Place wish={wish} missing={(wish.messageId ?? wish.source) !== undefined && rows !== null && marked === null} onBack={() => goTo(null)} />}
      {timeline.behind && <Button variant="light" size="xs" leftSection={<IconArrowUp size={14} />} onClick={() => void timeline.renew()}>{t("new")}</Button>}
      {rows === null ? (
        timeline.error ? <Failed error={timeline.error} title={t("failed")} retry={() => void timeline.refetch()} /> : <Waiting />
      ) : rows.length === 0 && !hasNextPage ? (
        <Nothing filtered={isFiltered(chosen)} onClear={() => setChosen(NOTHING)} />
      ) : (
        <Feed
          key={JSON.stringify([personId, chosen, wish])}
          personId={personId}
          rows={rows}
          marked={marked}
          hasMore={hasNextPage}
          loading={isFetchingNextPage}
          error={isFetchNextPageError ? timeline.error : null}
          onMore={more}
        />
      )}
    </section>
  );
}

/** Where to begin and what to mark: in the history's state, so that going back goes back. */
function useWish(): [Wish | null, (wish: Wish | null) => void] {
  const location = useLocation();
  const navigate = useNavigate();
  const wish = useMemo(() => wishOf(location.state), [location.state]);
  const goTo = (next: Wish | null) => {
    const state: TimelineState = next ? { timeline: next } : {};
    void navigate({ search: location.search, hash: location.hash }, { state, replace: wish !== null, preventScrollReset: true });
  };
  return [wish, goTo];
}

function markedIn(rows: Row[], wish: Wish): string | null {
  // a day alone marks nothing
  if (wish.messageId === undefined && wish.source === undefined) return null;
  const is = ({ event }: Row) => (wish.messageId === undefined ? Date.parse(event.timestamp) === Date.parse(wish.at) : event.message_id === wish.messageId);
  return rows.find((row) => is(row) && (wish.source === undefined || row.event.source === wish.source))?.key ?? null;
}

function Place({ wish, missing, onBack }: { wish: Wish; missing: boolean; onBack: () => void }) {
  const { t } = useTranslation("timeline");
  const format = useFormat();
  return (
    <div className={classes.from} role="status">
      <span>{missing ? t("jump.missing") : t("jump.from", { date: format.dateTime(wish.at) })}</span>
      <Button size="compact-xs" variant="subtle" onClick={onBack}>{t("jump.back")}</Button>
    </div>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation("timeline");
  if (filtered) return <Empty icon={IconFilterOff} title={t("unfit.title")} action={<Button variant="default" size="xs" onClick={onClear}>{t("unfit.do")}</Button>} />;
  return <Empty icon={IconTimeline} title={t("empty.title")}>{t("empty.says")}</Empty>;
}

/** The list's true layout, grey. */
function Waiting() {
  return (
    <div className={classes.list} aria-busy="true">
      {Array.from({ length: 9 }, (_, n) => (
        <div key={n} className={classes.line}>
          <Skeleton height={12} width={38} className={classes.time} />
          <Skeleton height={30} circle />
          <Skeleton height={12} width={`${40 + ((n * 29) % 45)}%`} />
        </div>
      ))}
    </div>
  );
}
