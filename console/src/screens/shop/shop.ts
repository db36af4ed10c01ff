/** What the shop's pages share. */
import { createContext, use } from "react";
import type { Shop } from "../goods/catalogue";
import { money } from "../goods/money";
import { languageOf, words } from "../frame/words";
import type { Account } from "./account";
import type { Cart } from "./cart";
import type { Segue } from "./sdk";
import { SHOP } from "./texts";

export type Say = ReturnType<typeof words<(typeof SHOP)["en"]>>;

export interface Shopping {
  readonly say: Say;
  readonly sum: (cents: number) => string;
  readonly shop: Shop;
  readonly segue: Segue | null;
  readonly cart: Cart;
  readonly change: (by: (cart: Cart) => Cart) => void;
  readonly account: Account | null;
  readonly setAccount: (account: Account | null) => void;
  /** say something to who cannot see it, too */
  readonly announce: (text: string) => void;
}

export function sayIn(locale: string): Say {
  return words(SHOP, locale);
}

export function sumIn(currency: string, locale: string): (cents: number) => string {
  const language = languageOf(locale);
  return (cents) => money(cents, currency, locale.toLowerCase().startsWith(language) ? locale : language);
}

export const ShopContext = createContext<Shopping | null>(null);

export function useShop(): Shopping {
  const found = use(ShopContext);
  if (found === null) throw new Error("a part of the shop stands outside of it");
  return found;
}
