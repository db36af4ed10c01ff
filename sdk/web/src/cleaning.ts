/** What must not leave the page: typed text that came into addresses and labels by way of the page itself. */
import { withoutToken } from "./link";

const HARMLESS = new Set([
  "q", "query", "search", "s", "keyword", "keywords", "k",
  "page", "p", "sort", "order", "category", "cat", "brand", "size", "color", "colour", "variant", "sku", "id", "pid",
  "product", "product_id", "lang", "locale", "currency", "tab", "view", "ref", "source", "campaign",
  "gclid", "gbraid", "wbraid", "dclid", "gclsrc", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "epik", "yclid",
]); // prettier-ignore

/** An e-mail address, a telephone number, a card's number; not the numbers of articles. */
const PERSONAL = new RegExp(
  [
    String.raw`[^\s@/?&=]+(?:@|%40)[^\s@/?&=]+\.[a-z]{2,}`,
    String.raw`\+\d(?:[\s()./-]?\d){7,14}`,
    String.raw`\b0\d(?:[\s()./-]?\d){7,9}(?!\d)`,
    String.raw`\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3,4}\b`,
  ].join("|"),
  "i",
);
const PERSONAL_ALL = new RegExp(PERSONAL.source, "gi");
const LONGEST_VALUE = 500;
const LONGEST_TEXT = 80;
const HIDDEN = "[data-segue-ignore],input,textarea,select,script,style,template,noscript,[contenteditable]";

/** Whether a text looks like an e-mail address, a telephone number, a card's number. */
export function looksPersonal(text: string): boolean {
  return PERSONAL.test(text);
}

/**
 * An address without what a form may have put into its query, and without its fragment. Names that are known to
 * be harmless keep their values, and those of `keep`; any other name stays with its value gone.
 */
export function cleanAddress(address: string, keep: ReadonlySet<string>): string {
  let url: URL;
  try {
    url = new URL(address, location.href);
  } catch {
    return "";
  }
  if (!/^https?:$/.test(url.protocol)) return url.protocol; // mailto:, tel:
  const hash = /^#[!/]/.test(url.hash) ? withoutToken(url.hash).rest.split("?")[0] : "";
  return `${url.origin}${cleanText(url.pathname)}${cleanQuery(url.search, keep)}${hash}`;
}

/** The query of an address, cleaned; with its question mark, empty where nothing is left. */
export function cleanQuery(search: string, keep: ReadonlySet<string>): string {
  const cleaned = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(search)) {
    const low = name.toLowerCase();
    const known = keep.has(name) || HARMLESS.has(low) || low.startsWith("utm_");
    const shown = known && value.length <= LONGEST_VALUE && !looksPersonal(value) ? value : "";
    if (!looksPersonal(name)) cleaned.append(name, shown);
  }
  const text = cleaned.toString();
  return text ? `?${text}` : "";
}

/** A text without what looks personal. */
export function cleanText(text: string): string {
  return text.replace(PERSONAL_ALL, "…");
}

/** The words that an element shows, short, without fields and what is to be left alone. */
export function words(element: Element): string {
  if (element instanceof HTMLElement && element.isContentEditable) return "";
  const label = element.getAttribute("aria-label") ?? buttonValue(element);
  return shorten(label ?? textOf(element) ?? "");
}

/** A text on one line, at most 80 characters, without what looks personal. */
export function shorten(text: string): string {
  const line = cleanText(text.replace(/\s+/g, " ").trim());
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT - 1)}…` : line;
}

function buttonValue(element: Element): string | null {
  // what stands on such a button is the page's, nobody types it
  return element instanceof HTMLInputElement && /^(submit|button|reset)$/.test(element.type) ? element.value : null;
}

function textOf(element: Element): string | null {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node instanceof Element && node.matches(HIDDEN) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  let text = "";
  while (walker.nextNode() && text.length < 4 * LONGEST_TEXT) {
    const { currentNode } = walker;
    if (currentNode.nodeType === Node.TEXT_NODE) text += ` ${currentNode.nodeValue ?? ""}`;
  }
  return text || element.querySelector("img[alt]")?.getAttribute("alt") || element.getAttribute("title");
}

/** Whether an element is to be left alone. */
export function ignored(element: Element): boolean {
  return element.closest("[data-segue-ignore]") !== null;
}
