/** What a source may be called, as the server checks it too. */
const SHAPE = /^[a-z][a-z0-9_-]{0,39}$/;

export type NameFault = "shape" | "taken";

/** What is wrong with a name; null: nothing. */
export function faultOf(name: string, taken: readonly string[]): NameFault | null {
  if (!SHAPE.test(name)) return "shape";
  return taken.includes(name) ? "taken" : null;
}

/** The first of NAME, NAME-2, NAME-3, … that is free. */
export function freeName(name: string, taken: readonly string[]): string {
  let found = name;
  for (let n = 2; taken.includes(found); n++) found = `${name}-${n}`;
  return found;
}
