/** What the tablet asks of Segue, as whoever of the staff is signed in. */
import type { components } from "../../api/schema";
import { Refused } from "../frame/segue";

type Schemas = components["schemas"];
export type Desk = Schemas["Desk"];
export type Brief = Schemas["Brief"];
export type Glance = Schemas["Glance"];
export type Note = Schemas["BriefNote"];
export type Agreement = Schemas["BriefAgreement"];
export type About = Note["about"];
export type Decision = Schemas["DecisionAnswer"];
export type Slot = Schemas["SlotAnswer"];
export type Product = Schemas["Product"];
export type OutcomeName = Schemas["OutcomeRecorded"]["outcome"];

export interface Place {
  readonly store: string;
  readonly locale: string;
}

const PATIENCE = 10_000;

export const readDesk = (): Promise<Desk> => call("GET", "/api/v1/associate") as Promise<Desk>;

export async function search(text: string): Promise<{ persons: Glance[]; more: boolean }> {
  return (await call("POST", "/api/v1/persons/search", { text: text.slice(0, 200), limit: 12 })) as { persons: Glance[]; more: boolean };
}

export async function readBrief(person: string, { store, locale }: Place): Promise<Brief> {
  const query = new URLSearchParams({ locale, ...(store ? { store } : {}) });
  return (await call("GET", `/api/v1/associate/persons/${encodeURIComponent(person)}?${query}`)) as Brief;
}

export interface NewNote {
  readonly person_id: string;
  readonly text: string;
  readonly about: About;
  readonly note_id: string;
}

export async function addNote(note: NewNote, { store }: Place): Promise<Note> {
  const { note: kept } = (await call("POST", "/api/v1/associate/notes", { ...note, ...(store ? { store } : {}) })) as { note: Note };
  return kept;
}

export async function correctNote(person: string, note: string, said: { readonly text: string; readonly about: About }, { store }: Place): Promise<Note> {
  const { note: kept } = (await call("PUT", noteAt(person, note), { ...said, ...(store ? { store } : {}) })) as { note: Note };
  return kept;
}

export async function takeNoteBack(person: string, note: string): Promise<void> {
  await call("DELETE", noteAt(person, note));
}

const noteAt = (person: string, note: string): string => `/api/v1/associate/persons/${encodeURIComponent(person)}/notes/${encodeURIComponent(note)}`;

/** What she said at the counter; recorded when this is answered. */
export async function stateConsent(said: Omit<Schemas["Stating"], "store">, { store }: Place): Promise<void> {
  await call("POST", "/api/v1/associate/consents", { ...said, ...(store ? { store } : {}) });
}

export async function recordOutcome(decision: string, slot: number, outcome: OutcomeName, { store }: Place): Promise<void> {
  await call("POST", "/api/v1/associate/outcomes", { decision_id: decision, slot, outcome, ...(store ? { store } : {}) });
}

export interface Line {
  readonly sku: string;
  readonly name: string;
  readonly price: string | null;
  readonly quantity: number;
}

/** What to suggest to somebody of whom nothing is known: by what she holds in her hands, and where. */
export async function suggest(placement: string, lines: readonly Line[], { store, locale }: Place): Promise<Decision> {
  const basket = lines.map(({ sku, quantity, price }) => ({ sku, quantity, ...(price === null ? {} : { price: Number(price) }) }));
  const context = { locale, basket, ...(store ? { store } : {}) };
  return (await call("POST", "/api/v1/decisions", { placement, context, limit: 3 })) as Decision;
}

export async function findProducts(text: string): Promise<Product[]> {
  const query = new URLSearchParams({ text, limit: "6" });
  return ((await call("GET", `/api/v1/products?${query}`)) as { products: Product[] }).products;
}

export const signOut = (): Promise<unknown> => call("DELETE", "/api/v1/session");

/** One call with the session's cookie. Refused: 401 nobody is signed in, 403 not her role, 0 nobody answers. */
async function call(method: string, path: string, body?: object): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Refused(0, "away", "Segue does not answer", null);
  }
  const said: unknown = await answer.json().catch(() => null);
  if (answer.ok) return said;
  const { code = "error", message = answer.statusText, cure = null } = (said ?? {}) as Record<string, string>;
  throw new Refused(answer.status, code, message, cure);
}
