import type { Snippet } from "./data";

export const PLACEHOLDER = "YOUR_KEY";

/** A snippet with the key, or with a word in its place. */
export function filled(snippet: Snippet, key: string | null): string {
  return snippet.code.replaceAll("{write_key}", () => key ?? PLACEHOLDER).trim();
}

/** What stands on its tab: what the snippet is for, without the words before it. */
export function tabOf(snippet: Snippet): string {
  return snippet.title.slice(snippet.title.lastIndexOf(": ") + 1).trim();
}

/** The command that installs what the snippet uses; null: nothing to install. */
export function installOf(snippet: Snippet): string | null {
  const name = tabOf(snippet);
  if (name.startsWith("@")) return `npm install ${name}`;
  return snippet.language === "python" ? `pip install ${name}` : null;
}

/** A call that anybody can try from a terminal. */
export function tryLine(address: string, key: string | null): string {
  return `curl -u ${key ?? PLACEHOLDER}: ${address}/v1/track -H 'Content-Type: application/json' \\\n  -d '{"anonymousId": "try-1", "event": "Connection Tried"}'`;
}
