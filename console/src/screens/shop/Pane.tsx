/** The live view's place: beside the shop, as wide as one likes or away; on a phone a tab of its own. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from "react";
import styles from "./Shop.module.css";
import type { Say } from "./shop";

const KEPT = "segue.shop.pane";
const [LEAST, MOST, USUAL, STEP] = [280, 720, 380, 20];

interface Kept {
  readonly width: number;
  readonly open: boolean;
}

export function paneKept(from: Storage = localStorage): Kept {
  try {
    const { width, open } = JSON.parse(from.getItem(KEPT) ?? "{}") as Partial<Kept>;
    return { width: bounded(typeof width === "number" ? width : USUAL), open: open !== false };
  } catch {
    return { width: USUAL, open: true };
  }
}

export function bounded(width: number): number {
  return Math.round(Math.min(Math.max(Number.isFinite(width) ? width : USUAL, LEAST), MOST));
}

interface Props {
  readonly say: Say;
  /** the tab of a phone that is shown */
  readonly tab: "shop" | "live";
  readonly children: ReactNode;
}

export function Pane({ say, tab, children }: Props) {
  const [kept, setKept] = useState(paneKept);
  const keep = (now: Kept): void => {
    setKept(now);
    try {
      localStorage.setItem(KEPT, JSON.stringify(now));
    } catch {
      // storage is closed
    }
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 1) keep({ ...kept, width: bounded(innerWidth - event.clientX) });
  };
  const press = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? STEP : event.key === "ArrowRight" ? -STEP : 0;
    if (by !== 0) keep({ ...kept, width: bounded(kept.width + by) });
  };
  if (!kept.open && tab === "shop") {
    return (
      <button type="button" className={styles.paneShow} data-segue-ignore="" onClick={() => keep({ ...kept, open: true })}>
        {say("show")}
      </button>
    );
  }
  return (
    <aside className={styles.pane} data-tab={tab} data-segue-ignore="" aria-label={say("live")} style={{ "--pane": `${kept.width}px` } as object}>
      <div
        className={styles.paneEdge}
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={say("resize")}
        aria-valuenow={kept.width}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={press}
      />
      <header>
        <h2>{say("live")}</h2>
        <button type="button" className={styles.plain} onClick={() => keep({ ...kept, open: false })}>
          {say("hide")}
        </button>
      </header>
      {children}
    </aside>
  );
}
