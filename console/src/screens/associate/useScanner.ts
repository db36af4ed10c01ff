/** Hands a scanned code to the page, wherever the focus is. */
import { useEffect, useRef } from "react";
import { NOTHING, onKey } from "./scanner";

export function useScanner(onCode: (code: string) => void): void {
  const latest = useRef(onCode);
  useEffect(() => {
    latest.current = onCode;
  });
  useEffect(() => {
    let now = NOTHING;
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const heard = onKey(now, event.key, event.timeStamp);
      now = heard.now;
      if (heard.code === null || event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault(); // the Enter belongs to the scanner, not to whatever has the focus
      latest.current(heard.code);
    };
    addEventListener("keydown", hear, true);
    return () => removeEventListener("keydown", hear, true);
  }, []);
}
