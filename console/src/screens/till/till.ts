/** What the parts of the till share: words, money, and where it stands. */
import { createContext, use } from "react";
import type { Screen } from "../frame/settings";
import { languageOf, words } from "../frame/words";
import { money } from "../goods/money";
import { TILL } from "./texts";

export type Say = ReturnType<typeof words<(typeof TILL)["en"]>>;

export interface Setting {
  readonly screen: Screen;
  readonly say: Say;
  readonly currency: string;
  readonly sum: (cents: number) => string;
  /** milliseconds for a decision */
  readonly budget: number;
}

const BUDGET = 400;
const LONGEST = 10_000;

export function settingOf(screen: Screen, currency: string): Setting {
  const said = Number(new URLSearchParams(location.search).get("budget"));
  return {
    screen,
    currency,
    say: words(TILL, screen.locale),
    sum: (cents) => money(cents, currency, localeOf(screen.locale)),
    budget: said > 0 ? Math.min(said, LONGEST) : BUDGET,
  };
}

/** One that the browser knows, in a language that the till speaks. */
function localeOf(said: string): string {
  const language = languageOf(said);
  try {
    return said.toLowerCase().startsWith(language) ? (Intl.getCanonicalLocales(said)[0] ?? language) : language;
  } catch {
    return language;
  }
}

export const TillContext = createContext<Setting | null>(null);

export function useTill(): Setting {
  const found = use(TillContext);
  if (found === null) throw new Error("a part of the till stands outside of it");
  return found;
}
