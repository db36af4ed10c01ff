import { describe, expect, test } from "vitest";
import { counted, diff, folded, merge } from "./diff";

const NAMES = { mine: "mine", theirs: "theirs" };
const after = (lines: ReturnType<typeof diff>) => lines.filter((line) => line.kind !== "removed").map((line) => line.text);
const before = (lines: ReturnType<typeof diff>) => lines.filter((line) => line.kind !== "added").map((line) => line.text);

/** A small generator, so that a failure can be seen again. */
function texts(seed: number): () => string[] {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  return () => Array.from({ length: next(9) }, () => "abcd"[next(4)]!);
}

describe("diff", () => {
  test("tells both texts, whatever they are", () => {
    const make = texts(7);
    for (let n = 0; n < 500; n += 1) {
      const [a, b] = [make(), make()];
      const lines = diff(a.join("\n"), b.join("\n"));
      expect(before(lines), `${a} → ${b}`).toEqual(a);
      expect(after(lines), `${a} → ${b}`).toEqual(b);
    }
  });

  test("keeps what is common", () => {
    expect(counted(diff("a\nb\nc\n", "a\nx\nc\n"))).toEqual({ added: 1, removed: 1 });
    expect(counted(diff("a\nb\n", "a\nb\n"))).toEqual({ added: 0, removed: 0 });
    expect(counted(diff("", "a\nb\n"))).toEqual({ added: 2, removed: 0 });
  });

  test("leaves out what is far from a change, and says how much", () => {
    const many = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    const changed = many.with(10, "other");
    const told = folded(diff(many.join("\n"), changed.join("\n")), 2);
    expect(told.filter((each) => typeof each === "number")).toEqual([8, 7]);
    expect(told.length).toBe(2 + 2 + 2 + 2);
  });
});

describe("merge", () => {
  const base = "a\nb\nc\nd\ne\n";

  test("takes changes of different places from both", () => {
    expect(merge(base, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\nf\n", NAMES)).toEqual({ text: "A\nb\nc\nd\nE\nf\n", conflicts: 0 });
  });

  test("takes the same change once", () => {
    expect(merge(base, "a\nX\nc\nd\ne\n", "a\nX\nc\nd\ne\n", NAMES)).toEqual({ text: "a\nX\nc\nd\ne\n", conflicts: 0 });
  });

  test("shows both where they differ", () => {
    const { text, conflicts } = merge(base, "a\nX\nc\nd\ne\n", "a\nY\nc\nd\ne\n", NAMES);
    expect(conflicts).toBe(1);
    expect(text).toBe("a\n<<<<<<< mine\nX\n=======\nY\n>>>>>>> theirs\nc\nd\ne\n");
  });

  test("is the other text when one side changed nothing", () => {
    const make = texts(11);
    for (let n = 0; n < 300; n += 1) {
      const [a, b] = [make(), make()].map((lines) => lines.map((line) => `${line}\n`).join("")) as [string, string];
      expect(merge(a, a, b, NAMES)).toEqual({ text: b, conflicts: 0 });
      expect(merge(a, b, a, NAMES)).toEqual({ text: b, conflicts: 0 });
      expect(merge(a, b, b, NAMES)).toEqual({ text: b, conflicts: 0 });
    }
  });
});
