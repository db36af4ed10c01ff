/** What every part of the tablet's page knows: its place, and how to say things. */
import { createContext, useContext } from "react";
import { words } from "../frame/words";
import type { Place } from "./staff";
import { ASSOCIATE } from "./texts";

export interface Setting extends Place {
  readonly say: (key: keyof (typeof ASSOCIATE)["en"], values?: Readonly<Record<string, string | number>>) => string;
}

export function settingOf(store: string, locale: string): Setting {
  return { store, locale, say: words(ASSOCIATE, locale) };
}

export const SettingContext = createContext<Setting | null>(null);

export function useSetting(): Setting {
  const setting = useContext(SettingContext);
  if (setting === null) throw new Error("useSetting outside the tablet's page");
  return setting;
}
