/** A scanner types as a keyboard does, only faster than anybody can, and ends with Enter. */

/** Milliseconds between two keys of a scanner, at most; nobody types so fast for long. */
export const QUICK = 50;
/** Characters of the shortest code. */
export const SHORTEST = 4;

export interface Scanned {
  readonly text: string;
  /** of the last key */
  readonly at: number;
}

export const NOTHING: Scanned = { text: "", at: -Infinity };

/** What has come so far with one more key; `code` once Enter ends something typed as scanners type. */
export function onKey(before: Scanned, key: string, at: number): { readonly now: Scanned; readonly code: string | null } {
  const quick = at - before.at <= QUICK;
  if (key === "Enter") {
    const code = quick && before.text.length >= SHORTEST ? before.text : null;
    return { now: NOTHING, code };
  }
  if ([...key].length !== 1) return { now: key === "Shift" ? before : NOTHING, code: null };
  return { now: { text: quick ? before.text + key : key, at }, code: null };
}
