/** Text that should be one JSON object: laid out for reading, and where it is not JSON. */

export interface Fault {
  line: number;
  column: number;
  message: string;
}

/** The text with its indentation; as it is when it is no JSON. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The first place at which the text stops being JSON; null when it is. */
export function faultOf(text: string): Fault | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    const before = text.slice(0, at).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  }
}
