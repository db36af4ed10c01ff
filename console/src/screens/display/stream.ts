/** Server-sent events over fetch: a key goes into a header, which `EventSource` cannot send. */

export interface SentEvent {
  readonly name: string;
  readonly data: string;
}

/** Cuts text that comes in pieces into events; comments and what is unfinished are kept back. */
export class Cutter {
  private rest = "";

  /** The events that are whole now. */
  feed(piece: string): SentEvent[] {
    // a carriage return at the end may be the first half of a line's end
    this.rest = (this.rest + piece).replace(/\r\n|\r(?!$)/g, "\n");
    const found: SentEvent[] = [];
    for (let end = this.rest.indexOf("\n\n"); end >= 0; end = this.rest.indexOf("\n\n")) {
      const event = read(this.rest.slice(0, end));
      if (event !== null) found.push(event);
      this.rest = this.rest.slice(end + 2);
    }
    return found;
  }
}

function read(block: string): SentEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length === 0 ? null : { name, data: data.join("\n") };
}

export type Ending = "over" | "refused";

/** Listen until the stream is over or the key is refused; throws when the network fails or nothing comes for long. */
export async function listen(
  path: string,
  key: string,
  signal: AbortSignal,
  heard: (event: SentEvent | null) => void,
): Promise<Ending> {
  const silence = new AbortController();
  const both = AbortSignal.any([signal, silence.signal]);
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${key}` }, credentials: "omit", signal: both });
  if (answer.status === 401 || answer.status === 403) return "refused";
  if (!answer.ok || answer.body === null) throw new Error(`answered ${answer.status}`);
  heard(null);
  const cutter = new Cutter();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const late = setTimeout(() => silence.abort(), SILENCE);
    const { done, value } = await reader.read().finally(() => clearTimeout(late));
    if (done) return "over";
    for (const event of cutter.feed(value)) heard(event);
  }
}

/** Milliseconds after which a connection that says nothing is taken for dead; it breathes every 15 seconds. */
const SILENCE = 45_000;
