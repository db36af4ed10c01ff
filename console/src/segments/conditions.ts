/** A segment's condition as the builder holds it, and back; nothing of a condition is lost on the way. */
import type { RuleGroupType, RuleType } from "react-querybuilder";
import type { Condition } from "./data";

/** Conditions that are more than a field against a value stand under these names. */
export const DID = "did";
export const CONSENT = "consent";
export const SEGMENT = "segment";
export const OTHER = "other";

export interface Happened {
  event: string;
  at_least: number;
  within: string | null;
  /** Conditions on the event itself; without one: any such event. */
  where?: RuleGroupType;
}

export interface Agreed {
  purpose: string;
  channel: string | null;
}

export const NUMERIC = ["=", "!=", "<", "<=", ">", ">="] as const;
export const OPERATORS = [...NUMERIC, "in", "not_in", "contains", "starts_with", "exists", "missing"] as const;
const LISTS: readonly string[] = ["in", "not_in"];
export const ALONE: readonly string[] = ["exists", "missing"];

let made = 0;
const nextId = () => `c${(made += 1)}`;

export function emptyQuery(): RuleGroupType {
  return { id: nextId(), combinator: "and", rules: [] };
}

/** The condition as a group of rules. */
export function toQuery(when: Condition): RuleGroupType {
  const said = toRule(when);
  return "rules" in said ? said : { id: nextId(), combinator: "and", rules: [said] };
}

function toRule(when: Condition): RuleGroupType | RuleType {
  const id = nextId();
  for (const [key, combinator] of [["all", "and"], ["any", "or"]] as const) {
    if (Array.isArray(when[key])) return { id, combinator, rules: (when[key] as Condition[]).map(toRule) };
  }
  if (isCondition(when.not)) {
    const inner = toRule(when.not);
    if ("rules" in inner && !inner.not) return { ...inner, not: true };
    return { id, combinator: "and", not: true, rules: [inner] };
  }
  if (typeof when.field === "string") return { id, field: when.field, operator: String(when.op), value: textOf(when.value) };
  if (typeof when.did === "string") {
    const value: Happened = { event: when.did, at_least: Number(when.at_least ?? 1), within: typeof when.within === "string" ? when.within : null, ...(isCondition(when.where) ? { where: toQuery(when.where) } : {}) };
    return { id, field: DID, operator: "did", value };
  }
  if (typeof when.consent === "string") {
    const value: Agreed = { purpose: when.consent, channel: typeof when.channel === "string" ? when.channel : null };
    return { id, field: CONSENT, operator: String(when.is), value };
  }
  if (typeof when.segment === "string") return { id, field: SEGMENT, operator: "in", value: when.segment };
  return { id, field: OTHER, operator: "is", value: when };
}

function isCondition(value: unknown): value is Condition {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(", ");
  return value === undefined || value === null ? "" : written(value);
}

/** A value as text that reads back as the same: a text that looks like a number or a truth is quoted. */
export function written(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return typeof readValue(value) === "string" && !value.includes(",") && value === value.trim() && value !== "" ? value : JSON.stringify(value);
}

/** A condition on an event: a single one stands by itself. */
export function toWhere(group: RuleGroupType): Condition {
  const only = group.rules.length === 1 && !group.not ? group.rules[0]! : null;
  return only === null ? toCondition(group) : "rules" in only ? toWhere(only) : ruleToCondition(only);
}

/** The group as a condition. */
export function toCondition(group: RuleGroupType): Condition {
  const items = group.rules.map((each) => ("rules" in each ? toCondition(each) : ruleToCondition(each)));
  const single = items.length === 1 && group.not === true;
  const inner: Condition = single ? items[0]! : { [group.combinator === "or" ? "any" : "all"]: items };
  return group.not ? { not: inner } : inner;
}

function ruleToCondition({ field, operator, value }: RuleType): Condition {
  if (field === DID) {
    const { event, at_least, within, where } = value as Happened;
    return { did: event, ...(where === undefined || where.rules.length === 0 ? {} : { where: toWhere(where) }), at_least, ...(within === null ? {} : { within }) };
  }
  if (field === CONSENT) {
    const { purpose, channel } = value as Agreed;
    return { consent: purpose, ...(channel === null ? {} : { channel }), is: operator };
  }
  if (field === SEGMENT) return { segment: value as string };
  if (field === OTHER) return value as Condition;
  if (ALONE.includes(operator)) return { field, op: operator };
  const text = String(value ?? "");
  return { field, op: operator, value: LISTS.includes(operator) ? split(text).map(readValue) : readValue(text.trim()) };
}

/** Parts of a list; a comma inside quotes parts nothing. */
export function split(text: string): string[] {
  return (text.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? []).map((each) => each.trim()).filter((each) => each !== "");
}

/** What somebody typed: a number, yes or no as true and false, else text. */
export function readValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^".*"$/s.test(text)) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text;
    }
  }
  return text;
}

/** Whether nothing is left open: every rule has what it needs. */
export function isWhole(group: RuleGroupType): boolean {
  return group.rules.length > 0 && group.rules.every((each) => ("rules" in each ? isWhole(each) : isWholeRule(each)));
}

function isWholeRule({ field, operator, value }: RuleType): boolean {
  if (field === "") return false;
  if (field === DID) {
    const { event, where } = value as Happened;
    return event.trim() !== "" && (where === undefined || where.rules.length === 0 || isWhole(where));
  }
  if (field === CONSENT) return (value as Agreed).purpose !== "";
  if (field === OTHER) return true;
  return ALONE.includes(operator) || String(value ?? "").trim() !== "";
}
