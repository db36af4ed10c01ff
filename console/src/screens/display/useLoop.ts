/** The loop that a display plays: told by Segue, and the last good one while nobody tells. */
import { useEffect, useState } from "react";
import { type Decision, flush } from "../frame/segue";
import type { Screen } from "../frame/settings";
import { listen } from "./stream";

export interface Loop {
  readonly decision: Decision;
  readonly because: readonly string[];
}

export interface Playing {
  readonly loop: Loop | null;
  /** nobody tells at this moment */
  readonly away: boolean;
  readonly refused: boolean;
}

const LAST = "segue.display.loop";
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Follows the screen's placement for as long as the page is there. */
export function useLoop(screen: Screen): Playing {
  const [playing, setPlaying] = useState<Playing>(() => ({ loop: last(screen), away: false, refused: false }));
  useEffect(() => {
    const end = new AbortController();
    void follow(screen, end.signal, (change) => setPlaying((now) => ({ ...now, ...change })));
    return () => end.abort();
  }, [screen]);
  return playing;
}

async function follow(screen: Screen, signal: AbortSignal, tell: (change: Partial<Playing>) => void): Promise<void> {
  const asked = new URLSearchParams({ placement: screen.placement, store: screen.store, locale: screen.locale });
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    try {
      const ending = await listen(`/api/v1/screens/loop?${asked}`, screen.key, signal, (event) => {
        pause = FIRST_PAUSE;
        if (event === null) {
          tell({ away: false, refused: false });
          void flush(screen);
          return;
        }
        const loop = event.name === "loop" ? parsed(event.data) : null;
        if (loop === null) return;
        keep(screen, loop);
        tell({ loop, away: false });
      });
      if (ending === "refused") {
        // revoked keys do not come back, but somebody may mend the placement meanwhile
        tell({ refused: true, away: false });
        pause = LONGEST_PAUSE;
      }
    } catch {
      if (signal.aborted) return;
      tell({ away: true });
    }
    await rest(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

function parsed(text: string): Loop | null {
  try {
    const found = JSON.parse(text) as Loop;
    return found.decision.slots.length > 0 ? found : null;
  } catch {
    return null; // a broken message changes nothing: the loop goes on
  }
}

/** The last good loop of this placement. */
function last(screen: Screen): Loop | null {
  try {
    const kept = JSON.parse(localStorage.getItem(LAST) ?? "null") as { placement: string; loop: Loop } | null;
    return kept?.placement === screen.placement ? kept.loop : null;
  } catch {
    return null; // storage is closed or holds something else: wait to be told
  }
}

function keep(screen: Screen, loop: Loop): void {
  try {
    localStorage.setItem(LAST, JSON.stringify({ placement: screen.placement, loop }));
  } catch {
    // storage is closed: it is played from memory
  }
}

/** Waits, but no longer than until the network is back. */
function rest(pause: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, pause);
    addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
}
