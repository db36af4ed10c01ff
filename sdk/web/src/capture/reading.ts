/** How far she scrolls, and how long a page is before her eyes. */
import type { Scene } from "./scene";

const MARKS = [25, 50, 75, 100];

export function captureScroll({ client, visits }: Scene): void {
  let reached = 0;
  let waiting = false;
  const measure = (): void => {
    waiting = false;
    const root = document.documentElement;
    const depth = Math.ceil((100 * (scrollY + innerHeight)) / Math.max(root.scrollHeight, 1));
    for (const mark of MARKS) {
      if (mark > reached && mark <= depth) client.track("Page Scrolled", { depth: mark });
    }
    reached = Math.max(reached, depth);
  };
  const scrolled = (): void => {
    if (!waiting) requestAnimationFrame(measure);
    waiting = true;
  };
  addEventListener("scroll", scrolled, { passive: true });
  visits.onTurn(() => {
    reached = 0;
  });
}

const LEAST = 1;

/** Seconds add up: each event tells of those since the one before. */
export function captureDwell({ client, visits }: Scene): void {
  let page = client.pageNow;
  let seconds = 0;
  let since: number | null = visible() ? performance.now() : null;
  const stop = (): number => {
    if (since !== null) seconds += (performance.now() - since) / 1000;
    since = visible() ? performance.now() : null;
    const found = seconds;
    if (found >= LEAST) seconds = 0;
    return Math.round(found * 10) / 10;
  };
  visits.onLeave(() => {
    const found = stop();
    since = null;
    if (found >= LEAST) client.beacon("Page Dwelled", { seconds: found }, page);
  });
  visits.onTurn(() => {
    const found = stop();
    if (found >= LEAST) client.track("Page Dwelled", { seconds: found }, page);
    seconds = 0;
    page = client.pageNow;
  });
  document.addEventListener("visibilitychange", () => {
    if (visible()) since ??= performance.now();
  });
}

function visible(): boolean {
  return document.visibilityState === "visible";
}
