/** Rules by which actions fall out, as the server says them, told apart so that each language can say them. Pure. */

export type Told =
  | { key: "noFormat" | "complaint" | "noModel" | "noDepth" | "drawn" | "likely" | "counted" }
  | { key: "noLanguage" | "noStore" | "from" | "until" | "noConsent" | "nothingLeft" | "many" | "notBest" | "costs" | "anyway" | "sensitive" | "quiet"; what: string }
  | { key: "belowFloor"; what: string; floor: string }
  | { key: "cap"; max: number; per: "person" | "everybody"; group: string | null; channel: string | null; window: string | null; now: boolean }
  | { key: "pause"; count: number; outcome: string; group: string | null; window: string; pause: string };

type Found = (string | undefined)[];
const plainly = (key: "noFormat" | "complaint" | "noModel" | "noDepth" | "drawn" | "likely" | "counted") => (): Told => ({ key });
const about = (key: "noLanguage" | "noStore" | "from" | "until" | "noConsent" | "nothingLeft" | "many" | "notBest" | "costs" | "anyway" | "sensitive" | "quiet") => ([what = ""]: Found): Told => ({ key, what });

const PATTERNS: [RegExp, (found: Found) => Told][] = [
  [/^no content in a format of the placement$/, plainly("noFormat")],
  [/^no content in the language (.+)$/, about("noLanguage")],
  [/^there is no store (.+)$/, about("noStore")],
  [/^valid from (.+)$/, about("from")],
  [/^valid until (.+)$/, about("until")],
  [/^no consent to (.+)$/, about("noConsent")],
  [/^who she is is likely and not certain/, plainly("likely")],
  [/^(\w+) is not shown where many see it$/, about("many")],
  [/^(.+) is sensitive, and not shown where many see it$/, about("sensitive")],
  [/^an open complaint: /, plainly("complaint")],
  [/^what is sent there is counted, /, plainly("counted")],
  [/^no model recommends products /, plainly("noModel")],
  [/^nothing left of (.+)$/, about("nothingLeft")],
  [/^the price ([\d.]+) is below the floor ([\d.]+)$/, ([what = "", floor = ""]) => ({ key: "belowFloor", what, floor })],
  [/^no discount leaves the price /, plainly("noDepth")],
  [/^costs more than it earns \((.+)\)$/, about("costs")],
  [/^adds less than it costs, since it is bought anyway \((.+)\)$/, about("anyway")],
  [/^not among the best (\d+)$/, about("notBest")],
  [/^others were drawn for the slots$/, plainly("drawn")],
  [/^quiet hours (.+?): it is /, about("quiet")],
  [
    /^at most (\d+) per (person|everybody)(?: of group (\S+?))?(?: in (\w+))?(?:, whatever they show)?, (.+?)(, with the slots before)?$/,
    ([max, per, group, channel, window, now]) => ({ key: "cap", max: Number(max), per: per as "person", group: group ?? null, channel: channel ?? null, window: /^\d/.test(window ?? "") ? window! : null, now: now !== undefined }),
  ],
  [/^(\d+) (\w+)(?: of group (\S+))? within (.+?): pause of (.+)$/, ([count, outcome = "", group, window = "", pause = ""]) => ({ key: "pause", count: Number(count), outcome, group: group ?? null, window, pause })],
];

/** What a rule says; null: a condition, in the words of the definitions. */
export function told(rule: string): Told | null {
  for (const [pattern, tell] of PATTERNS) {
    const found = pattern.exec(rule);
    if (found) return tell(found.slice(1));
  }
  return null;
}

/** Words that join conditions, in the reader's language. */
export interface Joints {
  field: (path: string) => string;
  yes: string;
  no: string;
  and: string;
  or: string;
  not: string;
}

const PATH = /\b(?:context|basket|traits|attributes|predictions|orders|sessions)\.[\w.]+/g;

/** A condition as the definitions write it, with fields and joints in the reader's words. */
export function plain(condition: string, { field, yes, no, and, or, not }: Joints): string {
  return condition
    .replace(PATH, (path) => field(path))
    .replace(/ = True\b/g, ` = ${yes}`)
    .replace(/ = False\b/g, ` = ${no}`)
    .replace(/ and /g, ` ${and} `)
    .replace(/ or /g, ` ${or} `)
    .replace(/\bnot \(/g, `${not} (`);
}
