/** All texts: one JSON file a page folder and language. The English ones type the keys. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["en", "de", "pl"] as const;
export type Language = (typeof LANGUAGES)[number];

type Texts = Record<string, Record<string, unknown>>;
const LOAD: Record<Language, () => Promise<{ default: Texts }>> = {
  en: () => import("./en"),
  de: () => import("./de"),
  pl: () => import("./pl"),
};
const STORED = "segue-language";

/** Load the language that was chosen, or the browser's; then `t` answers at once, everywhere. */
export async function startTexts(): Promise<void> {
  const language = chosen();
  const { default: texts } = await LOAD[language]();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: texts } as never,
    defaultNS: "app",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

/** Change the language here and now, and remember it. */
export async function speak(language: Language): Promise<void> {
  const { default: texts } = await LOAD[language]();
  for (const [namespace, content] of Object.entries(texts)) i18next.addResourceBundle(language, namespace, content);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // storage is switched off: it holds until the page is closed
  }
}

function chosen(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    // storage is switched off: ask the browser
  }
  const asked = [stored, ...navigator.languages].filter((name) => name !== null);
  const found = asked.map((name) => name.slice(0, 2).toLowerCase()).find((name) => (LANGUAGES as readonly string[]).includes(name));
  return (found as Language | undefined) ?? "en";
}
