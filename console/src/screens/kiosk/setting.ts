/** What every part of the kiosk knows: its screen, the visitor's language, and how to say things. */
import { createContext, useContext } from "react";
import type { Screen } from "../frame/settings";
import { words } from "../frame/words";
import { KIOSK } from "./texts";

export interface Setting {
  readonly screen: Screen;
  /** the visitor's, for this visit only */
  readonly locale: string;
  readonly say: (key: keyof (typeof KIOSK)["en"], values?: Readonly<Record<string, string | number>>) => string;
}

export function settingOf(screen: Screen, locale: string): Setting {
  return { screen, locale, say: words(KIOSK, locale) };
}

export const SettingContext = createContext<Setting | null>(null);

export function useSetting(): Setting {
  const setting = useContext(SettingContext);
  if (setting === null) throw new Error("useSetting outside the kiosk's page");
  return setting;
}
