/** An endless list: draws only what is seen, so that 100,000 rows scroll as ten do. A table where there is room, cards where not. */
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer, useWindowVirtualizer } from "@tanstack/react-virtual";
import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Failed } from "./Failed";
import classes from "./VirtualRows.module.css";

export interface Column<Row> {
  key: string;
  title: ReactNode;
  /** A grid track: "minmax(8rem, 2fr)", "6rem". Default minmax(0, 1fr). */
  width?: string;
  align?: "end";
  cell: (row: Row) => ReactNode;
}

export interface VirtualRowsProps<Row> {
  /** What the list holds, for who does not see it. */
  label: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  columns: Column<Row>[];
  /** The row below 768 pixels. */
  card: (row: Row) => ReactNode;
  /** Where a click or Enter goes… */
  to?: (row: Row) => string;
  /** …or what it does. */
  onOpen?: (row: Row) => void;
  /** How many there are in all, when that is known. */
  total?: number;
  /** From useInfiniteQuery: hasNextPage, fetchNextPage, isFetchingNextPage, and an error of the next page. */
  hasMore?: boolean;
  onMore?: () => void;
  loadingMore?: boolean;
  error?: unknown;
  /** Usual heights in pixels; real ones are measured. */
  rowHeight?: number;
  cardHeight?: number;
  /** Scroll within this height in place of the page (a pane of a debugger). */
  height?: string;
  /** Marked row, by key. */
  chosen?: string;
}

/** See the file's first line. Arrows, Page, Home and End move; Enter opens. */
export function VirtualRows<Row>(props: VirtualRowsProps<Row>) {
  return props.height ? <InPane {...props} /> : <InPage {...props} />;
}

function InPage<Row>(props: VirtualRowsProps<Row>) {
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      if (body.current) setMargin(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    // what stands above the list may grow while it is there, and the document with it
    const watching = new ResizeObserver(measure);
    watching.observe(document.body);
    return () => watching.disconnect();
  }, []);
  const size = useSizes(props);
  const virtual = useWindowVirtualizer({ ...size, scrollMargin: margin });
  return <Rows {...props} virtual={virtual} margin={margin} body={body} />;
}

function InPane<Row>(props: VirtualRowsProps<Row>) {
  const pane = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const size = useSizes(props);
  const virtual = useVirtualizer({ ...size, getScrollElement: () => pane.current });
  return (
    <div ref={pane} className={classes.pane} style={{ height: props.height }} tabIndex={-1}>
      <Rows {...props} virtual={virtual} margin={0} body={body} />
    </div>
  );
}

function useSizes<Row>({ rows, rowKey, rowHeight = 45, cardHeight = 84 }: VirtualRowsProps<Row>) {
  const wide = useWide();
  return {
    count: rows.length,
    estimateSize: () => (wide ? rowHeight : cardHeight),
    getItemKey: (index: number) => (rows[index] === undefined ? index : rowKey(rows[index])),
    overscan: 12,
  };
}

/** Whether there is room for tables (768 pixels). */
export function useWide(): boolean {
  return useMediaQuery("(min-width: 48em)", true, { getInitialValueInEffect: false }) ?? true;
}

type RowsProps<Row> = VirtualRowsProps<Row> & {
  // the window's and a pane's virtualizer differ in the element only
  virtual: Virtualizer<Window, Element> | Virtualizer<HTMLDivElement, Element>;
  margin: number;
  body: React.RefObject<HTMLDivElement | null>;
};

function Rows<Row>(props: RowsProps<Row>) {
  const { label, rows, columns, total, hasMore, onMore, loadingMore, error, virtual, margin, body } = props;
  const { t } = useTranslation("parts");
  const wide = useWide();
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const near = hasMore && !loadingMore && !error && last >= rows.length - 15;
  useEffect(() => {
    if (near) onMore?.();
  }, [near, onMore, rows.length]);
  const { active, setActive, move } = useMoving(props);
  const tracks = columns.map((column) => column.width ?? "minmax(0, 1fr)").join(" ");
  const count = total ?? (hasMore ? -1 : rows.length);
  return (
    <div className={classes.list}>
      <div role="grid" aria-label={label} aria-rowcount={count < 0 ? -1 : count + 1} aria-colcount={wide ? columns.length : 1} onKeyDown={move}>
        <Head columns={columns} tracks={tracks} wide={wide} />
        <div ref={body} className={classes.body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement as (node: Element | null) => void}
                data-index={item.index}
                role="presentation"
                className={classes.place}
                style={{ transform: `translateY(${item.start - margin}px)` }}
              >
                <One {...props} row={row} index={item.index} wide={wide} tracks={tracks} active={active === item.index} onActive={setActive} />
              </div>
            );
          })}
        </div>
      </div>
      <div className={classes.foot} aria-live="polite">
        {error ? <Failed error={error} title={t("rows.failed")} retry={onMore} /> : loadingMore ? t("rows.more") : !hasMore && rows.length > 30 ? t("rows.end") : null}
      </div>
    </div>
  );
}

function Head<Row>({ columns, tracks, wide }: { columns: Column<Row>[]; tracks: string; wide: boolean }) {
  if (!wide) {
    return (
      <div role="row" aria-rowindex={1} className={classes.unseen}>
        <span role="columnheader">{columns.map((column, n) => <span key={column.key}>{n > 0 ? ", " : ""}{column.title}</span>)}</span>
      </div>
    );
  }
  return (
    <div role="row" aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: tracks }}>
      {columns.map((column) => (
        <div key={column.key} role="columnheader" data-align={column.align}>{column.title}</div>
      ))}
    </div>
  );
}

type OneProps<Row> = RowsProps<Row> & { row: Row; index: number; wide: boolean; tracks: string; active: boolean; onActive: (index: number) => void };

function One<Row>({ row, rowKey, index, wide, tracks, active, onActive, columns, card, to, onOpen, chosen }: OneProps<Row>) {
  const navigate = useNavigate();
  const opens = to !== undefined || onOpen !== undefined;
  const open = (event: MouseEvent | KeyboardEvent) => {
    const inner = (event.target as Element).closest("a, button, input, label");
    if (inner && inner !== event.currentTarget) return;
    const path = to?.(row);
    if (path === undefined) onOpen?.(row);
    else if (event.metaKey || event.ctrlKey) window.open(`/console${path}`, "_blank", "noopener");
    else void navigate(path);
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen === undefined ? undefined : chosen === rowKey(row)}
      tabIndex={active ? 0 : -1}
      data-row={index}
      data-opens={opens || undefined}
      className={wide ? classes.row : classes.card}
      style={wide ? { gridTemplateColumns: tracks } : undefined}
      onFocus={() => onActive(index)}
      onClick={opens && !window.getSelection()?.toString() ? open : opens ? (event) => window.getSelection()?.isCollapsed && open(event) : undefined}
      onKeyDown={(event) => event.key === "Enter" && event.target === event.currentTarget && opens && open(event)}
    >
      {wide ? columns.map((column) => <div key={column.key} role="gridcell" data-align={column.align}>{column.cell(row)}</div>) : <div role="gridcell">{card(row)}</div>}
    </div>
  );
}

/** One row is in the tab order; the keys move from it. */
function useMoving<Row>({ rows, virtual, body }: RowsProps<Row>) {
  const [active, setActive] = useState(0);
  const wanted = useRef<number | null>(null);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (wanted.current === null) return;
    const row = body.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (row) {
      wanted.current = null;
      row.focus({ preventScroll: true });
    }
  });
  const move = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).dataset.row;
    if (from === undefined) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, Number(from) + step));
    wanted.current = next;
    setActive(next);
    virtual.scrollToIndex(next, { align: "auto" });
  };
  // the row in the tab order must be one that is drawn
  return { active: active < first || active > last ? first : active, setActive, move };
}
