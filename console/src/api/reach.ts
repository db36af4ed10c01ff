/** Whether the server answers. The shell shows a banner while it does not, and heals by itself. */
import { useSyncExternalStore } from "react";

let away = false;
const listeners = new Set<() => void>();

function become(next: boolean): void {
  if (next === away) return;
  away = next;
  for (const listener of listeners) listener();
}

/** Somebody answered, well or badly. */
export function noteAnswer(): void {
  become(false);
}

/** Nobody answered. */
export function noteSilence(): void {
  become(true);
}

/** Ask once whether the server is there again. */
export async function knock(): Promise<boolean> {
  try {
    const answer = await fetch("/health/live", { cache: "no-store" });
    if (answer.status === 502 || answer.status === 504) return false;
    noteAnswer();
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the server answers again; at once when it does. */
export function untilHere(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (away) return;
      listeners.delete(look);
      resolve();
    };
    listeners.add(look);
    look();
  });
}

/** True while the server does not answer. */
export function useAway(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => away,
  );
}
