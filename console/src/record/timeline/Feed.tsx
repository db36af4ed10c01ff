/** The endless list of events: draws only what is seen, whatever its rows' heights. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Failed } from "../../parts/Failed";
import { useWide } from "../../parts/VirtualRows";
import { EventRow } from "./EventRow";
import type { Row } from "./events";
import classes from "./Timeline.module.css";

interface Props {
  personId: string;
  rows: Row[];
  /** The row to stand out, opened and in sight. */
  marked: string | null;
  hasMore: boolean;
  loading: boolean;
  error: unknown;
  onMore: () => void;
}

export function Feed({ personId, rows, marked, hasMore, loading, error, onMore }: Props) {
  const { t } = useTranslation("timeline");
  const wide = useWide();
  const body = useRef<HTMLDivElement>(null);
  const margin = useMargin(body);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(marked === null ? [] : [marked]));
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (wide ? 45 : 66) + (rows[index]?.day ? 44 : 0),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 10,
    scrollMargin: margin,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const near = hasMore && !loading && !error && last >= rows.length - 25;
  useEffect(() => {
    if (near) onMore();
  }, [near, onMore, rows.length]);
  const { active, setActive, move } = useMoving(rows, items[0]?.index ?? 0, last, body, (index) => virtual.scrollToIndex(index, { align: "auto" }));
  const toggle = useCallback((key: string) => setOpen((before) => flipped(before, key)), []);
  useMarked(rows, marked, body, setActive);
  return (
    <div className={classes.list}>
      <div ref={body} role="feed" aria-label={t("label")} aria-busy={loading} className={classes.feed} style={{ height: virtual.getTotalSize() }} onKeyDown={move}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div key={item.key} ref={virtual.measureElement} data-index={item.index} role="presentation" className={classes.place} style={{ transform: `translateY(${item.start - margin}px)` }}>
              <EventRow row={row} index={item.index} personId={personId} open={open.has(row.key)} marked={row.key === marked} active={item.index === active} onToggle={toggle} onActive={setActive} />
            </div>
          );
        })}
      </div>
      <div className={classes.foot} aria-live="polite">
        {error ? <Failed error={error} title={t("failed")} retry={onMore} /> : loading ? t("looking") : hasMore ? null : t("end")}
      </div>
    </div>
  );
}

function flipped(before: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(key)) after.add(key);
  return after;
}

/** How far down the page the list begins; what stands above may grow. */
function useMargin(body: React.RefObject<HTMLDivElement | null>): number {
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      if (body.current) setMargin(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const watching = new ResizeObserver(measure);
    watching.observe(document.body);
    return () => watching.disconnect();
  }, [body]);
  return margin;
}

/** One row is in the tab order; the arrows, Page, Home and End move from it. */
function useMoving(rows: Row[], first: number, last: number, body: React.RefObject<HTMLDivElement | null>, scroll: (index: number) => void) {
  const [active, setActive] = useState(0);
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const row = body.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });
  const move = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).dataset.row;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
    if (from === undefined || step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, Number(from) + step));
    wanted.current = next;
    setActive(next);
    scroll(next);
  };
  return { active: active < first || active > last ? first : active, setActive, move };
}

/** Brings the marked row into sight, once. */
function useMarked(rows: Row[], marked: string | null, body: React.RefObject<HTMLDivElement | null>, setActive: (index: number) => void): void {
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (marked === null || shown.current === marked) return;
    const index = rows.findIndex((row) => row.key === marked);
    const row = body.current?.querySelector<HTMLElement>(`[data-row="${index}"]`);
    if (!row) return;
    shown.current = marked;
    setActive(index);
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  });
}
