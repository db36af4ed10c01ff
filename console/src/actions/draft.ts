/** An action as the form holds it, and back; nothing of a definition is lost on the way. */
import type { RuleGroupType } from "react-querybuilder";
import { emptyQuery, isWhole, toQuery, toWhere } from "../segments/conditions";
import type { Definition } from "./data";

export const KINDS = ["offer", "recommendation", "content", "service", "message"] as const;
export const SENSITIVE = ["none", "health", "alcohol", "intimate", "children", "financial", "religion", "politics"] as const;
export const TOUCHPOINTS = ["web", "app", "display", "kiosk", "associate", "till", "email", "sms", "push", "messenger"] as const;
export const OUTCOMES = ["shown", "ignored", "dismissed", "clicked", "accepted"] as const;
/** Texts that every touchpoint reads. */
export const TEXTS = ["headline", "body", "cta", "link", "image"] as const;
export const ASKED = ["audience", "applicable", "suitable"] as const;

export type Kind = (typeof KINDS)[number];
export type Asked = (typeof ASKED)[number];

export interface Cap {
  id: string;
  per: "person" | "everybody";
  max: number;
  /** "7 days", "ever" */
  within: string;
  group: string;
  channel: string;
}

export interface Suppression {
  id: string;
  outcome: string;
  count: number;
  within: string;
  pause: string;
  group: string;
  channel: string;
}

export interface Lever {
  id: string;
  when: RuleGroupType;
  multiply: number;
}

export interface Content {
  id: string;
  format: string;
  /** "": any language */
  locale: string;
  /** By name; what is empty is left out. */
  texts: Record<string, string>;
  because: string;
}

export interface Draft extends Record<Asked, RuleGroupType> {
  kind: Kind;
  title: string;
  group: string;
  from: string;
  until: string;
  /** Amounts as they are typed. */
  value: string;
  cost: string;
  floor: string;
  purpose: string;
  sensitivity: string;
  sku: string;
  discounts: number[];
  caps: Cap[];
  suppress: Suppression[];
  levers: Lever[];
  content: Content[];
  /** "30 days"; empty: as long as usual. */
  attribution: string;
}

let made = 0;
export const nextId = () => `d${(made += 1)}`;

export const newCap = (): Cap => ({ id: nextId(), per: "person", max: 3, within: "7 days", group: "", channel: "" });
export const newSuppression = (): Suppression => ({ id: nextId(), outcome: "dismissed", count: 2, within: "30 days", pause: "30 days", group: "", channel: "" });
export const newLever = (): Lever => ({ id: nextId(), when: emptyQuery(), multiply: 2 });
export const newContent = (format: string, texts: Record<string, string> = {}): Content => ({ id: nextId(), format, locale: "", texts, because: "" });

/** A new action of a kind, careful from the start: seldom enough, silent for who waved it away, in every format that is asked for. */
export function startOf(kind: Kind, formats: readonly string[] = ["banner"]): Draft {
  const asks = kind !== "content" && kind !== "service";
  return {
    kind, title: "", group: "", from: "", until: "", value: "", cost: "", floor: "", purpose: "", sensitivity: "none", sku: "", discounts: [],
    audience: emptyQuery(), applicable: emptyQuery(), suitable: emptyQuery(),
    caps: asks ? [newCap()] : [], suppress: asks ? [newSuppression()] : [], levers: [],
    content: (formats.length > 0 ? formats : ["banner"]).slice(0, 1).map((format) => newContent(format)),
    attribution: "",
  };
}

/** A definition in the form. */
export function draftOf(said: Definition): Draft {
  const valid = record(said.valid);
  return {
    kind: KINDS.find((kind) => kind === said.kind) ?? "offer",
    title: text(said.title), group: text(said.group), from: text(valid.from), until: text(valid.until),
    value: text(said.value), cost: text(said.cost), floor: text(said.floor),
    purpose: text(said.purpose), sensitivity: text(said.sensitivity) || "none", sku: text(record(said.stock).sku),
    discounts: list(said.discounts).map(Number),
    audience: asked(said.audience), applicable: asked(said.applicable), suitable: asked(said.suitable),
    caps: list(said.caps).map(record).map((cap) => ({ id: nextId(), per: cap.per === "everybody" ? "everybody" : "person", max: Number(cap.max), within: text(cap.within) || "ever", group: text(cap.group), channel: text(cap.channel) })),
    suppress: list(said.suppress).map(record).map((each) => ({ id: nextId(), outcome: text(each.outcome), count: Number(each.count ?? 1), within: text(each.within), pause: text(each.pause), group: text(each.group), channel: text(each.channel) })),
    levers: list(said.levers).map(record).map((each) => ({ id: nextId(), when: asked(each.when), multiply: Number(each.multiply) })),
    content: list(said.content).map(record).map(({ format, locale, because, ...texts }) => ({
      id: nextId(), format: text(format), locale: text(locale), because: text(because),
      texts: Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, text(value)])),
    })),
    attribution: text(said.attribution),
  };
}

/** The draft as actions.yaml has it; what says nothing is left out. */
export function definitionOf(draft: Draft): Definition {
  const valid = full({ from: draft.from, until: draft.until });
  return full({
    kind: draft.kind,
    title: draft.title.trim(),
    group: draft.group.trim(),
    valid: Object.keys(valid).length > 0 ? valid : null,
    audience: condition(draft.audience), applicable: condition(draft.applicable), suitable: condition(draft.suitable),
    value: amount(draft.value), cost: amount(draft.cost),
    purpose: draft.purpose, sensitivity: draft.sensitivity === "none" ? null : draft.sensitivity,
    stock: draft.sku.trim() === "" ? null : { sku: draft.sku.trim() },
    discounts: draft.discounts.length > 0 ? [...new Set(draft.discounts)].sort((a, b) => a - b) : null,
    floor: amount(draft.floor),
    caps: some(draft.caps.map(({ per, max, within, group, channel }) => full({ per, max, group, channel, within: within || "ever" }))),
    suppress: some(draft.suppress.map(({ outcome, count, within, pause, group, channel }) => full({ outcome, count, group, channel, within, pause }))),
    levers: some(draft.levers.filter(({ when }) => isWhole(when)).map(({ when, multiply }) => ({ when: toWhere(when), multiply }))),
    content: some(draft.content.map(({ format, locale, texts, because }) => full({ format, locale, ...full(texts), because }))),
    attribution: draft.attribution,
  });
}

/** What is left open: conditions that lack a value, a content without words. */
export function openIn(draft: Draft): ("conditions" | "levers" | "content")[] {
  const begun = (group: RuleGroupType) => group.rules.length > 0 && !isWhole(group);
  return [
    ...(ASKED.some((name) => begun(draft[name])) ? (["conditions"] as const) : []),
    ...(draft.levers.some(({ when }) => !isWhole(when)) ? (["levers"] as const) : []),
    ...(draft.content.some(({ texts }) => Object.values(texts).every((each) => each.trim() === "")) ? (["content"] as const) : []),
  ];
}

function asked(value: unknown): RuleGroupType {
  return typeof value === "object" && value !== null ? toQuery(value as Record<string, unknown>) : emptyQuery();
}

function condition(group: RuleGroupType): Record<string, unknown> | null {
  return isWhole(group) ? toWhere(group) : null;
}

/** A typed amount as a number; what is none stays as it was typed, for the server to say so. */
export function amount(typed: string): number | string | null {
  const plain = typed.trim().replace(/^(\d+),(\d{1,6})$/, "$1.$2");
  if (plain === "") return null;
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : plain;
}

const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "");
const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const some = <Each>(items: Each[]): Each[] | null => (items.length > 0 ? items : null);
const full = (said: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null && value !== ""));
