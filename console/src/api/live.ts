/** Server-sent events: as they come, with reconnecting and a state that can be shown. */
import { useEffect, useRef, useState } from "react";

export type LiveState = "connecting" | "live" | "reconnecting" | "paused";
/** What to do with each named event; the data is parsed JSON. */
export type LiveHandlers = Record<string, (data: unknown) => void>;

const LONGEST_WAIT = 15_000;
const HIDDEN_FOR = 60_000;

/**
 * Listen to `url` while the component is there. `null`: do not listen ("paused").
 * A tab that has been hidden for a minute stops listening, and goes on when it is looked at again.
 */
export function useLive(url: string | null, handlers: LiveHandlers): LiveState {
  const [state, setState] = useState<LiveState>(url === null ? "paused" : "connecting");
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const names = Object.keys(handlers).sort().join(" ");
  useEffect(() => {
    if (url === null) {
      setState("paused");
      return;
    }
    setState("connecting");
    return listen(url, names.split(" ").filter(Boolean), (name, data) => latest.current[name]?.(data), setState);
  }, [url, names]);
  return state;
}

function listen(
  url: string,
  names: string[],
  tell: (name: string, data: unknown) => void,
  show: (state: LiveState) => void,
): () => void {
  let stream: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const open = () => {
    clearTimeout(timer);
    stream?.close();
    stream = new EventSource(url);
    stream.onopen = () => {
      failures = 0;
    };
    // the first tick, not the opening, says that all that comes from now on is told: what came before can be asked for
    stream.addEventListener("tick", () => show("live"));
    stream.onerror = () => {
      // the browser's own retry gives up on an error status: we do not
      stream?.close();
      stream = null;
      show("reconnecting");
      const wait = Math.min(500 * 2 ** failures++, LONGEST_WAIT);
      timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
    };
    for (const name of names) {
      stream.addEventListener(name, (event) => tell(name, JSON.parse((event as MessageEvent<string>).data)));
    }
  };
  const close = () => {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  };
  const look = () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => {
        close();
        show("paused");
      }, HIDDEN_FOR);
    } else if (stream === null) {
      show("connecting");
      failures = 0;
      open();
    }
  };
  open();
  document.addEventListener("visibilitychange", look);
  return () => {
    clearTimeout(hiding);
    document.removeEventListener("visibilitychange", look);
    close();
  };
}
