/** How screens speak with Segue: they ask what to show, and tell what happened. */
import type { Screen } from "./settings";

export interface Product {
  readonly sku: string;
  readonly name: string | null;
  readonly category: string | null;
  readonly score: number;
  readonly reason: string | null;
}

export interface Slot {
  readonly action: string;
  readonly kind: string;
  readonly variant: number;
  readonly discount: number;
  readonly personalised_price: boolean;
  readonly content: Readonly<Record<string, string>>;
  readonly because: string;
  readonly products?: readonly Product[];
}

export interface Decision {
  readonly decision_id: string;
  readonly slots: readonly Slot[];
  readonly fallback: boolean;
  readonly policy: string;
}

export interface Question {
  readonly placement?: string;
  readonly identifiers?: Readonly<Record<string, string>>;
  readonly identity_token?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly events?: readonly object[];
  readonly limit?: number;
}

export type OutcomeName = "Action Shown" | "Action Clicked" | "Action Dismissed" | "Action Accepted" | "Action Redeemed";

/** Why a question has no answer: the network is away, or Segue said no and how to cure it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly cure: string | null,
  ) {
    super(message);
  }
}

/** What the screen should show. Refused (`status` 0: nobody answered) when there is no answer within `patience` ms. */
export async function ask(screen: Screen, question: Question = {}, patience = 3_000): Promise<Decision> {
  const context = { ...(screen.store ? { store: screen.store } : {}), locale: screen.locale, ...question.context };
  const body = { placement: screen.placement, ...question, context };
  return (await post("/api/v1/decisions", screen.key, body, patience)) as Decision;
}

/** POST JSON with a key; the answer's JSON, or Refused. */
export async function post(path: string, key: string, body: object, patience = 5_000): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
      credentials: "omit",
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    throw new Refused(0, "away", "Segue does not answer", null);
  }
  const said: unknown = await answer.json().catch(() => null);
  if (answer.ok) return said;
  const { code = "error", message = answer.statusText, cure = null } = (said ?? {}) as Record<string, string>;
  throw new Refused(answer.status, code, message, cure);
}

/** An outcome of a slot, as an ordinary event. */
export function outcome(name: OutcomeName, decision: Decision, slot: number, more: object = {}): Told {
  const action = decision.slots[slot]?.action ?? "";
  return { type: "track", event: name, properties: { decision_id: decision.decision_id, slot, action, ...more } };
}

export interface Told {
  readonly type: "track" | "identify" | "page";
  readonly event?: string;
  readonly [name: string]: unknown;
}

const WAITING = "segue.waiting";
const MOST = 1_000;
let sending: Promise<void> | null = null;

/** Tell what happened; what cannot be told now is kept, and told when the network is back. Never throws. */
export async function tell(screen: Screen, ...events: readonly Told[]): Promise<void> {
  if (screen.write === "") return;
  const at = new Date().toISOString();
  const fresh = events.map((event) => ({
    anonymousId: screen.device,
    timestamp: at,
    messageId: `screen-${crypto.randomUUID()}`,
    ...event,
    context: { ...(event.context as object | undefined), ...(screen.store ? { location: { store_id: screen.store } } : {}) },
  }));
  keep(screen, [...waiting(screen), ...fresh].slice(-MOST));
  await flush(screen);
}

/** Send what waits. One at a time: a second call waits for the first. */
export function flush(screen: Screen): Promise<void> {
  sending ??= sendAll(screen).finally(() => {
    sending = null;
  });
  return sending;
}

async function sendAll(screen: Screen): Promise<void> {
  for (;;) {
    const some = waiting(screen).slice(0, 100);
    if (some.length === 0) return;
    const gone = await send(screen, some);
    if (!gone) return;
    const ids = new Set(some.map((event) => event.messageId));
    keep(screen, waiting(screen).filter((event) => !ids.has(event.messageId)));
  }
}

/** Whether they need not be sent again: taken, or refused for good. */
async function send(screen: Screen, batch: readonly Kept[]): Promise<boolean> {
  try {
    const answer = await fetch("/v1/batch", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      body: JSON.stringify({ writeKey: screen.write, batch, sentAt: new Date().toISOString() }),
      keepalive: batch.length < 20,
      signal: AbortSignal.timeout(10_000),
    });
    return answer.ok || (answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status));
  } catch {
    return false;
  }
}

interface Kept {
  readonly messageId: string;
}

let memory: Kept[] = []; // where storage is closed

function waiting(screen: Screen): Kept[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(`${WAITING}.${screen.page}`) ?? "[]");
    return Array.isArray(found) ? (found as Kept[]) : [];
  } catch {
    return memory;
  }
}

function keep(screen: Screen, events: Kept[]): void {
  memory = events;
  try {
    if (events.length === 0) localStorage.removeItem(`${WAITING}.${screen.page}`);
    else localStorage.setItem(`${WAITING}.${screen.page}`, JSON.stringify(events));
  } catch {
    // storage is closed or full: they wait in memory
  }
}
