/** The keys of the keyboard on the screen, and what pressing one makes of a text. */
import { languageOf, type Language } from "../frame/words";

export type Sort = "email" | "card" | "text" | "code";

export const BACK = "⌫";
export const SPACE = "␣";
export const SHIFT = "⇧";

const LETTERS: Readonly<Record<Language, readonly string[]>> = {
  en: ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
  de: ["qwertzuiopü", "asdfghjklöä", "yxcvbnmß"],
  pl: ["qwertyuiop", "asdfghjkl", "zxcvbnm", "ąćęłńóśźż"],
};
const DIGITS = "1234567890";

/** Rows of keys, from top to bottom. Addresses have no letters beyond a to z, and no capitals. */
export function rows(sort: Sort, locale: string): readonly (readonly string[])[] {
  if (sort === "code") return [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], ["0", BACK]];
  const language = sort === "text" ? languageOf(locale) : "en";
  const letters = LETTERS[language].map((row) => [...row]);
  const last = sort === "email" ? ["@", ".", "-", "_", "+", BACK] : sort === "card" ? ["-", BACK] : [SHIFT, SPACE, "-", "'", BACK];
  return [[...DIGITS], ...letters, last];
}

/** Characters of the longest text that is typed here. */
export const LONGEST = 120;

/** The text after a key; capitals once after the shift key. */
export function press(text: string, key: string, { shift = false, sort = "text" as Sort } = {}): string {
  if (key === SHIFT) return text;
  if (key === BACK) return [...text].slice(0, -1).join("");
  if (text.length >= (sort === "code" ? 6 : LONGEST)) return text;
  const sign = key === SPACE ? " " : shift ? key.toUpperCase() : key;
  return text + sign;
}

/** Whether it can be sent: an address has its parts, a code its six digits. */
export function fits(text: string, sort: Sort): boolean {
  const said = text.trim();
  if (sort === "email") return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(said);
  if (sort === "code") return /^\d{6}$/.test(said);
  return said.length > 0; // how long a card's number is, is the retailer's affair
}
