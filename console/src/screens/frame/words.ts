/** Texts of screens: small catalogues beside each page, in the screen's language. */
export const LANGUAGES = ["en", "de", "pl"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Texts = Readonly<Record<string, string>>;

/** `de` for `de-AT`; English for what there is no catalogue of. */
export function languageOf(locale: string): Language {
  const short = locale.slice(0, 2).toLowerCase();
  return (LANGUAGES as readonly string[]).includes(short) ? (short as Language) : "en";
}

/** Says a text of the catalogue, `{name}` in it replaced. Keys are those of the English one. */
export function words<T extends Texts>(
  catalogue: Readonly<Record<Language, { readonly [K in keyof T]: string }>> & { readonly en: T },
  locale: string,
): (key: keyof T, values?: Readonly<Record<string, string | number>>) => string {
  const language = languageOf(locale);
  const texts: Texts = catalogue[language] as Texts;
  return (key, values = {}) =>
    (texts[key as string] ?? String(key)).replace(/\{(\w+)\}/g, (whole, name: string) =>
      name in values ? String(values[name]) : whole,
    );
}
