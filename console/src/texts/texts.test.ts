import { describe, expect, test } from "vitest";
import de from "./de";
import en from "./en";
import pl from "./pl";

type Tree = { [key: string]: string | Tree };
const ALL = { en, de, pl } as unknown as Record<string, Record<string, Tree>>;
const PLURAL = /_(zero|one|two|few|many|other)$/;

function leaves(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[path + key, value]] : leaves(value, `${path}${key}.`),
  );
}

/** "too_many" is a key of its own; "letters_many" is a plural, since there is "letters_other" too. */
function stemOf(key: string, all: ReadonlySet<string>): string | null {
  const stem = key.replace(PLURAL, "");
  return stem !== key && all.has(`${stem}_other`) ? stem : null;
}
const names = (tree: Tree) => new Set(leaves(tree).map(([key]) => key));
const keys = (tree: Tree) => new Set([...names(tree)].map((key) => stemOf(key, names(tree)) ?? key));
const named = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((found) => found[1]).sort();

describe.each(["de", "pl"])("%s", (language) => {
  test.each(Object.keys(ALL.en!))("%s has the keys of the English one", (namespace) => {
    expect([...keys(ALL[language]![namespace] ?? {})].sort()).toEqual([...keys(ALL.en![namespace]!)].sort());
  });

  test.each(Object.keys(ALL.en!))("%s names the same values in its sentences", (namespace) => {
    const english = new Map(leaves(ALL.en![namespace]!));
    for (const [key, text] of leaves(ALL[language]![namespace] ?? {})) {
      const model = english.get(key) ?? english.get(key.replace(PLURAL, "_other"));
      // "one" may be said without its number
      if (model !== undefined && !key.endsWith("_one")) expect(named(text), `${namespace}:${key}`).toEqual(named(model));
    }
  });
});

test.each(Object.keys(ALL))("%s leaves nothing empty", (language) => {
  for (const [namespace, tree] of Object.entries(ALL[language]!)) {
    for (const [key, text] of leaves(tree)) expect(text.trim(), `${namespace}:${key}`).not.toBe("");
  }
});

test.each([
  ["en", ["one", "other"]],
  ["de", ["one", "other"]],
  ["pl", ["one", "few", "many", "other"]],
])("%s says every plural in all its forms", (language, forms) => {
  for (const [namespace, tree] of Object.entries(ALL[language]!)) {
    const found = new Map<string, Set<string>>();
    for (const [key] of leaves(tree)) {
      const stem = stemOf(key, names(tree));
      if (stem === null) continue;
      found.set(stem, (found.get(stem) ?? new Set()).add(PLURAL.exec(key)![1]!));
    }
    for (const [stem, has] of found) {
      for (const form of forms) expect(has.has(form), `${language}/${namespace}:${stem}_${form}`).toBe(true);
    }
  }
});
