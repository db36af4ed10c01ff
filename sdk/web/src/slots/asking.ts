/** The question to Segue: what to show in these places. */
import type { Chosen } from "../settings";

/** One place's question, as POST /api/v1/decisions takes it. */
export interface Question {
  placement: string;
  identifiers: { anonymous_id: string };
  identity_token?: string;
  context: Record<string, unknown>;
  limit?: number;
}

/** What one slot of a placement shows. */
export interface Choice {
  action: string;
  discount?: number;
  content: Readonly<Record<string, unknown>>;
  because?: unknown;
  /** what a recommendation recommends, best first */
  products?: readonly Readonly<Record<string, unknown>>[];
}

export interface Decision {
  decision_id: string;
  slots: Choice[];
}

/** A question, and the key it is asked with. */
export interface Asked {
  key: string;
  question: Question;
}

/** Ask everything, in one request for each key; null where there is no answer until `signal` says it is too late. */
export async function ask(chosen: Chosen, asked: readonly Asked[], signal: AbortSignal): Promise<(Decision | null)[]> {
  const answers = new Map<Asked, Decision | null>();
  const keys = new Set(asked.map((one) => one.key));
  await Promise.all(
    [...keys].map(async (key) => {
      const together = asked.filter((one) => one.key === key);
      const questions = together.map((one) => one.question);
      const found = await batch(chosen.host, key, questions, signal).catch(() => []);
      together.forEach((one, at) => answers.set(one, decision(found[at])));
    }),
  );
  return asked.map((one) => answers.get(one) ?? null);
}

async function batch(host: string, key: string, requests: Question[], signal: AbortSignal): Promise<unknown[]> {
  const answer = await fetch(`${host}/api/v1/decisions/batch`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ requests }),
    credentials: "omit",
    signal,
  });
  if (!answer.ok) return [];
  const { decisions } = (await answer.json()) as { decisions?: unknown };
  return Array.isArray(decisions) ? decisions : [];
}

function decision(said: unknown): Decision | null {
  const found = said as Partial<Decision> | null | undefined;
  if (typeof found?.decision_id !== "string" || !Array.isArray(found.slots)) return null;
  const slots = found.slots.filter((one) => typeof one?.action === "string" && typeof one.content === "object");
  return slots.length ? { decision_id: found.decision_id, slots } : null;
}
