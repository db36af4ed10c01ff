/** A placement as the form holds it, and back. */
import type { Definition } from "../actions/data";
import { nextId } from "../actions/draft";

/** So many answers of its channel within a window. */
export interface Cap {
  id: string;
  max: number;
  /** "7 days", "ever" */
  within: string;
}

export interface Draft {
  title: string;
  touchpoint: string;
  slots: number;
  formats: string[];
  fallback: string;
  seen_by: "one" | "many";
  /** Percent. */
  exploration: number;
  timeout_ms: number;
  personal_facts: number;
  silence: string;
  /** `21:00-08:00`; empty: any hour. Of messages only. */
  quiet: string;
  /** How often is enough in its channel. */
  caps: Cap[];
}

export const newCap = (): Cap => ({ id: nextId(), max: 2, within: "7 days" });

/** Touchpoints that come to her, wherever she is. */
export const MESSAGES: readonly string[] = ["email", "sms", "push", "messenger"];

/** What fits a touchpoint from the start: what its pages can show, and how long it can wait. */
const USUAL: Record<string, Partial<Draft>> = {
  web: { formats: ["banner"] },
  app: { formats: ["banner"] },
  display: { formats: ["portrait"], slots: 3, seen_by: "many", personal_facts: 0, timeout_ms: 500 },
  kiosk: { formats: ["tile"], slots: 3 },
  associate: { formats: ["card"], slots: 3, personal_facts: 3, timeout_ms: 300 },
  till: { formats: ["line"], slots: 2, personal_facts: 0, timeout_ms: 80 },
};

export function startOf(touchpoint: string, fallback = ""): Draft {
  return { title: "", touchpoint, slots: 1, formats: ["banner"], fallback, seen_by: "one", exploration: 5, timeout_ms: 100, personal_facts: 1, silence: "30 minutes", quiet: "", caps: [], ...USUAL[touchpoint] };
}

export function draftOf(said: Definition): Draft {
  const start = startOf(typeof said.touchpoint === "string" ? said.touchpoint : "web");
  return {
    ...start,
    title: typeof said.title === "string" ? said.title : "",
    slots: Number(said.slots ?? 1),
    formats: Array.isArray(said.formats) ? said.formats.map(String) : [],
    fallback: typeof said.fallback === "string" ? said.fallback : "",
    seen_by: said.seen_by === "many" ? "many" : "one",
    exploration: Math.round(Number(said.exploration ?? 0.05) * 10_000) / 100,
    timeout_ms: Number(said.timeout_ms ?? 100),
    personal_facts: Number(said.personal_facts ?? start.personal_facts),
    silence: typeof said.silence === "string" ? said.silence : "30 minutes",
    quiet: typeof said.quiet === "string" ? said.quiet : "",
    caps: capsOf(said).map(({ max, within }) => ({ id: nextId(), max, within })),
  };
}

/** What a definition says of its channel. */
export function capsOf(said: Definition): { max: number; within: string }[] {
  return Array.isArray(said.caps) ? (said.caps as { max: unknown; within?: unknown }[]).map(({ max, within }) => ({ max: Number(max), within: typeof within === "string" ? within : "ever" })) : [];
}

export function definitionOf({ title, exploration, quiet, caps, ...rest }: Draft): Definition {
  const hours = MESSAGES.includes(rest.touchpoint) && quiet.trim() !== "" ? { quiet: quiet.trim() } : {};
  const often = caps.length > 0 ? { caps: caps.map(({ max, within }) => ({ per: "person", max, within })) } : {};
  return { ...(title.trim() === "" ? {} : { title: title.trim() }), ...rest, ...hours, ...often, exploration: Math.round(exploration * 100) / 10_000 };
}

const UNITS = { minute: "minutes", hour: "hours", day: "days" } as const;

/** "30 minutes" as a number and a unit's text key; null for what is none. */
export function silenceOf(said: string): { count: number; unit: "minutes" | "hours" | "days" } | null {
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(said) ?? [];
  return unit === undefined ? null : { count: Number(count), unit: UNITS[unit as keyof typeof UNITS] };
}
