import { expect, test } from "vitest";
import { BACK, fits, LONGEST, press, rows, SHIFT, SPACE } from "./keyboard";

const type = (keys: readonly string[], sort: "text" | "email" | "code" = "text") => keys.reduce((text, key) => press(text, key, { sort }), "");

test("every letter of the language can be typed", () => {
  const has = (locale: string, letters: string) => [...letters].every((one) => rows("text", locale).flat().includes(one));
  expect(has("en-GB", "abcdefghijklmnopqrstuvwxyz0123456789")).toBe(true);
  expect(has("de", "abcdefghijklmnopqrstuvwxyzäöüß")).toBe(true);
  expect(has("pl", "abcdefghijklmnopqrstuvwxyząćęłńóśźż")).toBe(true);
  expect(rows("email", "de").flat()).toEqual(expect.arrayContaining(["@", ".", "_", "+", BACK]));
  expect(rows("code", "de").flat().filter((key) => key !== BACK).sort()).toEqual([..."0123456789"]);
});

test("no key stands twice", () => {
  for (const sort of ["email", "card", "text", "code"] as const) {
    for (const locale of ["en", "de", "pl"]) {
      const keys = rows(sort, locale).flat();
      expect(new Set(keys).size).toBe(keys.length);
    }
  }
});

test("keys make text", () => {
  expect(type(["a", SPACE, "b", BACK, "c"])).toBe("a c");
  expect(press("", "ä", { shift: true })).toBe("Ä");
  expect(press("a", SHIFT)).toBe("a");
  expect(press("", BACK)).toBe("");
  expect(type([..."12345678"], "code")).toBe("123456");
  expect(press("x".repeat(LONGEST), "y")).toHaveLength(LONGEST);
});

test("what can be sent", () => {
  expect(["ann@example.com", "ann@example", "ann", "a b@c.de", " ann@example.com "].map((text) => fits(text, "email"))).toEqual([true, false, false, false, true]);
  expect(["123456", "12345", "12345a"].map((text) => fits(text, "code"))).toEqual([true, false, false]);
  expect(["", " ", "7", "9876"].map((text) => fits(text, "card"))).toEqual([false, false, true, true]);
});
