import { useTranslation } from "react-i18next";
import type { Attribute, GoldenRecord } from "../data";

/** What says who she is stands first; the rest by the alphabet. */
const FIRST = ["name", "full_name", "first_name", "last_name", "title", "email", "phone", "birthday", "gender", "language", "address", "city", "country"];

/** Attributes in the order in which one reads them. */
export function inOrder(attributes: GoldenRecord["attributes"]): [string, Attribute][] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return Object.entries(attributes).sort(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other));
}

/** What an attribute is called in the reader's language; one's own attributes by their own name. */
export function useAttributeName(): (name: string) => string {
  const { t, i18n } = useTranslation("record");
  return (name) => {
    const key = `attribute.${name}`;
    if (i18n.exists(key, { ns: "record" })) return t(key as "attribute.name");
    const words = name.replaceAll("_", " ").trim();
    return words.charAt(0).toUpperCase() + words.slice(1);
  };
}
