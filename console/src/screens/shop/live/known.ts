/** What Segue knows of who is in the shop, and what it has decided: asked with the session of whoever watches. */

export interface Session {
  readonly acts: readonly string[];
}

export interface Known {
  readonly person: Person | null;
  readonly events: readonly Happened[];
  readonly decisions: readonly Decided[];
}

/** The parts of a golden record that are shown. */
export interface Person {
  readonly person_id: string;
  readonly identifiers: readonly { readonly kind: string; readonly value: string; readonly tier: string }[];
  readonly attributes: Readonly<Record<string, { readonly value: unknown; readonly claimed: boolean }>>;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly segments: readonly string[];
  readonly orders: { readonly count: number; readonly revenue: string; readonly currency: string | null };
  readonly sessions: {
    readonly count: number;
    readonly recent: readonly {
      readonly active: boolean;
      readonly started_at: string;
      readonly pages: number;
      readonly events: number;
      readonly product_views: number;
      readonly cart: { readonly state: string; readonly items: number; readonly value: string | null };
      readonly intent: { readonly will_buy: number } | null;
    }[];
  };
  readonly consent: Readonly<Record<string, Readonly<Record<string, { readonly state: "granted" | "denied" }>>>>;
}

export interface Happened {
  readonly message_id?: string;
  readonly timestamp: string;
  readonly type: string;
  readonly event?: string | null;
  readonly source?: string;
  readonly properties?: Readonly<Record<string, unknown>> | null;
}

export interface Decided {
  readonly decision_id: string;
  readonly at: string;
  readonly placement: string;
  readonly fallback: boolean;
  readonly considered: number;
  readonly took_ms: number;
  readonly slots: readonly { readonly action: string; readonly discount: number; readonly propensity: number; readonly outcome: string }[];
  /** null until it was asked for */
  readonly funnel: readonly Stage[] | null;
}

export interface Stage {
  readonly stage: string;
  readonly entered: number;
  readonly dropped: number;
}

/** Who watches; null: nobody is signed in. */
export async function readSession(): Promise<Session | null> {
  return (await get("/api/v1/session")) as Session | null;
}

const EVENTS = 8;
const DECISIONS = 6;
const funnels = new Map<string, readonly Stage[]>();

/** Everything of whoever is known by one of these identifiers, the first that anybody is known by. */
export async function readKnown(identifiers: readonly string[], session: Session): Promise<Known> {
  const person = await find(identifiers);
  if (!person) return { person: null, events: [], decisions: [] };
  const may = (act: string): boolean => session.acts.includes(act);
  const [timeline, log] = await Promise.all([
    may("timeline") ? get(`/api/v1/persons/${person.person_id}/timeline?limit=${EVENTS}`) : null,
    may("decisions") ? get(`/api/v1/decisions?person=${person.person_id}&limit=${DECISIONS}`) : null,
  ]);
  const decisions = ((log as { decisions?: Decided[] } | null)?.decisions ?? []).slice(0, DECISIONS);
  const whole = await Promise.all(decisions.map(async (one) => ({ ...one, funnel: await funnelOf(one.decision_id) })));
  return { person, events: (timeline as { events?: Happened[] } | null)?.events ?? [], decisions: whole };
}

async function find(identifiers: readonly string[]): Promise<Person | null> {
  for (const identifier of identifiers) {
    const found = (await post("/api/v1/persons/find", { identifier })) as { persons?: Person[] } | null;
    const person = found?.persons?.[0];
    if (person) return person;
  }
  return null;
}

/** How many fell out at each stage: never different for a decision, so it is asked for once. */
async function funnelOf(id: string): Promise<readonly Stage[] | null> {
  const known = funnels.get(id);
  if (known) return known;
  const found = (await get(`/api/v1/decisions/${id}`)) as { funnel?: Stage[] } | null;
  if (!found?.funnel) return null;
  if (funnels.size > 200) funnels.clear();
  funnels.set(id, found.funnel);
  return found.funnel;
}

async function get(path: string): Promise<unknown> {
  return answered(fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(8_000) }));
}

async function post(path: string, body: object): Promise<unknown> {
  const headers = { "Content-Type": "application/json" };
  const sent = JSON.stringify(body);
  return answered(fetch(path, { method: "POST", headers, body: sent, credentials: "same-origin", signal: AbortSignal.timeout(8_000) }));
}

async function answered(asked: Promise<Response>): Promise<unknown> {
  try {
    const answer = await asked;
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // away: what was known before stays
  }
}
