/** Which fields a query may name, as the builder shows them, and how each compares. */
import type { Option, RuleGroupType } from "react-querybuilder";
import { CONSENT, DID, OPERATORS, OTHER, SEGMENT } from "./conditions";
import type { FieldWords, Kind } from "./vocabulary";

const ORDERED = ["<", "<=", ">", ">="];
const TEXTUAL = ["contains", "starts_with"];

/** Every rule's field in a query, with how it is compared. */
export function namedIn(group: RuleGroupType): { field: string; operator: string }[] {
  return group.rules.flatMap((each) => ("rules" in each ? namedIn(each) : [{ field: each.field, operator: each.operator }]));
}

/** How a field of this kind may be compared; what is in use already stays. */
export function operatorsOf(kind: Kind, used: readonly string[]): readonly string[] {
  const left: readonly string[] = ({ number: TEXTUAL, text: ORDERED, flag: [...ORDERED, ...TEXTUAL, "in", "not_in"], list: ORDERED, mixed: [] } as Record<Kind, readonly string[]>)[kind];
  return OPERATORS.filter((each) => !left.includes(each) || used.includes(each));
}

export function usualOperator(kind: Kind): string {
  return kind === "number" || kind === "mixed" ? ">=" : kind === "list" ? "contains" : "=";
}

export function isAct(field: string): boolean {
  return field === DID || field === SEGMENT || field === CONSENT || field === OTHER;
}

/** Fields by what they begin with, those in use that nobody knows among them. */
export function groupsOf(known: readonly FieldWords[], used: readonly string[], roots: readonly (readonly [string, string])[], label: (path: string) => string) {
  const all = [...new Set([...known.map(({ path }) => path), ...used.filter((path) => path !== "" && !isAct(path))])];
  const groups = roots.map(([root, said]) => ({ label: said, options: all.filter((path) => rootOf(path, roots) === root).map((path): Option => ({ name: path, value: path, label: label(path) })) }));
  return groups.filter(({ options }) => options.length > 0);
}

/** The last group takes what belongs to none. */
function rootOf(path: string, roots: readonly (readonly [string, string])[]): string {
  const root = path.split(".")[0]!;
  return (roots.find(([each]) => each.split(" ").includes(root)) ?? roots.at(-1)!)[0];
}
