/** Who she is in a word: the same name and order of identifiers as in the lists of customers. */
import type { GoldenRecord } from "./data";

type Identifier = GoldenRecord["identifiers"][number];
export interface KindRule {
  priority: number;
  device: boolean;
}

/** The kinds of a fresh installation, for who may not read the rules. */
const USUAL: Record<string, KindRule> = Object.fromEntries(
  ["user_id", "loyalty_card", "email", "phone", "device_id", "anonymous_id"].map((kind, priority) => [kind, { priority, device: kind === "device_id" || kind === "anonymous_id" }]),
);

/** What tells most first, and no device before anything else. */
export function ranked(identifiers: readonly Identifier[], rules: Record<string, KindRule> = USUAL): Identifier[] {
  const rank = ({ kind }: Identifier) => (rules[kind]?.device ? 1000 : 0) + (rules[kind]?.priority ?? 500);
  return [...identifiers].sort((one, other) => rank(one) - rank(other) || one.first_seen.localeCompare(other.first_seen) || one.value.localeCompare(other.value));
}

/** Whether anything but devices is known of her. */
export function isKnown(record: Pick<GoldenRecord, "identifiers">, rules: Record<string, KindRule> = USUAL): boolean {
  return record.identifiers.some(({ kind }) => !rules[kind]?.device);
}

/** Her name, else her best identifier, else the beginning of her id. */
export function labelOf(record: Pick<GoldenRecord, "attributes" | "identifiers" | "person_id">, rules: Record<string, KindRule> = USUAL): string {
  const text = (name: string) => {
    const value: unknown = record.attributes[name]?.value;
    return typeof value === "string" ? value.trim().slice(0, 120) : "";
  };
  const name = text("name") || text("full_name") || [text("first_name"), text("last_name")].filter(Boolean).join(" ");
  return name || ranked(record.identifiers, rules)[0]?.value || record.person_id.slice(0, 8);
}
