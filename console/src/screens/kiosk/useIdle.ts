/** Says when nobody has touched, typed or moved anything for a while. */
import { useEffect, useRef } from "react";

const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** Calls `gone` after so many seconds without a sign of life; null: does not listen. */
export function useIdle(seconds: number | null, gone: () => void): void {
  const latest = useRef(gone);
  useEffect(() => {
    latest.current = gone;
  });
  useEffect(() => {
    if (seconds === null) return;
    let timer = setTimeout(() => latest.current(), seconds * 1_000);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => latest.current(), seconds * 1_000);
    };
    for (const sign of SIGNS) addEventListener(sign, alive, true);
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS) removeEventListener(sign, alive, true);
    };
  }, [seconds]);
}
