/** Why a value of an attribute stands, told from the rules of survivorship. */
import type { Attribute, Claim, Rules } from "../data";

type Survivorship = Rules["survivorship"];
export type Why = "only" | "agreed" | "firstParty" | "proven" | "trust" | "recency" | "frequency" | "rule";

/** The values it won over: those that say something else. */
export function rivals(attribute: Attribute): Claim[] {
  const value = JSON.stringify(attribute.value);
  return attribute.others.filter((other) => JSON.stringify(other.value) !== value);
}

/** What decided between the value and its best rival. `rules` null: they may not be read, so only what needs none is told. */
export function whyWon(name: string, attribute: Attribute, rules: Survivorship | null): Why {
  const rival = rivals(attribute)[0];
  if (!rival) return attribute.others.length > 0 ? "agreed" : "only";
  if (attribute.third_party !== rival.third_party) return "firstParty";
  if (attribute.claimed !== rival.claimed) return "proven";
  if (!rules) return "rule";
  for (const word of rules.attributes[name] ?? rules.default) {
    if (word === "trust" && rank(rules, attribute) !== rank(rules, rival)) return "trust";
    if (word === "recency" && attribute.observed_at !== rival.observed_at) return "recency";
    if (word === "frequency" && times(attribute, attribute) !== times(attribute, rival)) return "frequency";
  }
  return "recency";
}

function rank(rules: Survivorship, claim: Claim): number {
  const at = rules.trust.indexOf(claim.source);
  return at < 0 ? rules.trust.length : at;
}

/** How often this value was said by anyone of the same standing. */
function times(attribute: Attribute, claim: Claim): number {
  const value = JSON.stringify(claim.value);
  return [attribute, ...attribute.others]
    .filter((each) => JSON.stringify(each.value) === value && each.claimed === claim.claimed && each.third_party === claim.third_party)
    .reduce((sum, each) => sum + each.count, 0);
}
