/** Rules by which actions fall out, as they are said by the server, told apart so that each language can say them. Pure. */

export type Told =
  | { key: "noFormat" | "complaint" | "noModel" | "noDepth" | "drawn" }
  | { key: "noLanguage" | "from" | "until" | "noConsent" | "nothingLeft" | "many" | "notBest" | "costs"; what: string }
  | { key: "belowFloor"; what: string; floor: string };

const PATTERNS: [RegExp, (found: string[]) => Told][] = [
  [/^no content in a format of the placement$/, () => ({ key: "noFormat" })],
  [/^no content in the language (.+)$/, ([what]) => ({ key: "noLanguage", what: what! })],
  [/^valid from (.+)$/, ([what]) => ({ key: "from", what: what! })],
  [/^valid until (.+)$/, ([what]) => ({ key: "until", what: what! })],
  [/^no consent to (.+)$/, ([what]) => ({ key: "noConsent", what: what! })],
  [/^(\w+) is not shown where many see it$/, ([what]) => ({ key: "many", what: what! })],
  [/^an open complaint: /, () => ({ key: "complaint" })],
  [/^no model recommends products /, () => ({ key: "noModel" })],
  [/^nothing left of (.+)$/, ([what]) => ({ key: "nothingLeft", what: what! })],
  [/^the price ([\d.]+) is below the floor ([\d.]+)$/, ([what, floor]) => ({ key: "belowFloor", what: what!, floor: floor! })],
  [/^no discount leaves the price /, () => ({ key: "noDepth" })],
  [/^costs more than it earns \((.+)\)$/, ([what]) => ({ key: "costs", what: what! })],
  [/^not among the best (\d+)$/, ([what]) => ({ key: "notBest", what: what! })],
  [/^others were drawn for the slots$/, () => ({ key: "drawn" })],
];

/** What a rule says; null: a condition or a cap, in the words of the definitions. */
export function told(rule: string): Told | null {
  for (const [pattern, tell] of PATTERNS) {
    const found = pattern.exec(rule);
    if (found) return tell(found.slice(1));
  }
  return null;
}
