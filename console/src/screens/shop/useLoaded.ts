/** What a page shows is asked for once; going back shows it again at once, where she left it. */
import { useEffect, useState } from "react";
import { NotThere } from "../goods/catalogue";

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "there"; readonly value: T }
  | { readonly state: "none" }
  | { readonly state: "away"; readonly again: () => void };

const kept = new Map<string, unknown>();
const MOST = 60;

export function useLoaded<T>(name: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<{ readonly name: string; readonly loaded: Loaded<T> } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).then(
      (value) => {
        if (stop.signal.aborted) return;
        kept.delete(name);
        kept.set(name, value);
        if (kept.size > MOST) kept.delete([...kept.keys()][0] ?? "");
        setFound({ name, loaded: { state: "there", value } });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const again = (): void => setRound((now) => now + 1);
        setFound({ name, loaded: error instanceof NotThere ? { state: "none" } : { state: "away", again } });
      },
    );
    return () => stop.abort();
    // the name says what is loaded
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [name, round]);
  if (found?.name === name) return found.loaded;
  const before = kept.get(name) as T | undefined;
  return before === undefined ? { state: "loading" } : { state: "there", value: before };
}
