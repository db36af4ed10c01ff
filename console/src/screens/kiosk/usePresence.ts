/** Whether the visitor is still there, by her touches and keys. */
import { useEffect, useState } from "react";
import { PATIENCE, type Presence, presence } from "./idle";

const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;
const LOOK = 500;

/** Attribute of what is touched to be forgotten: it is no sign that she stays. */
export const LEAVES = "data-leaves";

/** What is thought of her at this moment; every sign of life makes her `here` again. */
export function usePresence(): Presence {
  const [now, setNow] = useState<Presence>({ is: "here" });
  useEffect(() => {
    let last = Date.now();
    const look = () => {
      const next = presence((Date.now() - last) / 1_000, PATIENCE);
      setNow((before) => (same(before, next) ? before : next));
    };
    const alive = (event: Event) => {
      if (event.target instanceof Element && event.target.closest(`[${LEAVES}]`)) return;
      // whoever comes after the time was up is somebody else, though the timer may have slept
      if (presence((Date.now() - last) / 1_000, PATIENCE).is !== "gone") last = Date.now();
      look();
    };
    const timer = setInterval(look, LOOK);
    for (const sign of SIGNS) addEventListener(sign, alive, true);
    // a tab that was in the background, or a machine that slept, is looked at before it is seen
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS) removeEventListener(sign, alive, true);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return now;
}

const same = (one: Presence, other: Presence): boolean =>
  one.is === other.is && (one.is !== "asking" || other.is !== "asking" || one.left === other.left);
