/**
 * What the kiosk tells Segue of a visit. Nothing of it is ever kept on the device: what cannot be told is gone with the
 * visit, and a consent that could not be recorded is not used.
 */
import { outcome, type Decision, type OutcomeName } from "../frame/segue";
import type { Screen } from "../frame/settings";

const PATIENCE = 8_000;

/** Whether these events are durable now. */
export async function tellNow(screen: Screen, ...events: readonly object[]): Promise<boolean> {
  if (screen.write === "") return false;
  const located = events.map((event) => {
    const { context } = event as { context?: object };
    return { ...event, context: { ...context, ...(screen.store ? { location: { store_id: screen.store } } : {}) } };
  });
  try {
    const answer = await fetch("/v1/batch", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      cache: "no-store",
      body: JSON.stringify({ writeKey: screen.write, batch: located, sentAt: new Date().toISOString() }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** What became of a slot in this visit. */
export function tellOutcome(screen: Screen, visit: string, name: OutcomeName, decision: Decision, slot: number): void {
  const event = { ...outcome(name, decision, slot), anonymousId: visit, messageId: `kiosk-${crypto.randomUUID()}`, timestamp: new Date().toISOString(), context: { channel: "kiosk" } };
  void tellNow(screen, event);
}

/** Whatever a visit may have left on the device; the kiosk's own keys stay. */
export function wipe(): void {
  try {
    sessionStorage.clear();
    localStorage.removeItem("segue.waiting.kiosk");
  } catch {
    // storage is closed: there is nothing in it
  }
}
