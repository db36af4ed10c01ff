/** What a slot shows: the page's own template with its places filled, or a plain rendering of ours. */
import type { Choice } from "./asking";

type Texts = Readonly<Record<string, string>>;

const PLACE = /\{\{\s*([\w.-]{1,60})\s*\}\}/g;
const ADDRESSES = new Set(["href", "src", "action", "formaction", "poster", "data", "xlink:href"]);
const SCHEMES = /^(?:https?:|mailto:|tel:|[^:]*$|[./?#])/i;

/** The element that shows `choice`, by the slot's template for its format if it has one. */
export function render(slot: HTMLElement, choice: Choice): HTMLElement {
  const texts = textsOf(choice);
  const template = templateFor(slot, texts.format ?? "");
  const products = productsOf(choice).map((product) => ({ ...texts, ...product }));
  const item = template
    ? only(filled(template, texts, products))
    : plain(texts, products, slot.dataset.segueDismissible);
  item.dataset.segueAction = choice.action;
  return item;
}

/** Everything that a template can name. */
function textsOf(choice: Choice): Texts {
  const { action, discount, because, content } = choice;
  return plainly({ because, ...content, action, discount });
}

function productsOf({ products }: Choice): Texts[] {
  return Array.isArray(products) ? products.map((one: Readonly<Record<string, unknown>>) => plainly(one)) : [];
}

function plainly(said: Readonly<Record<string, unknown>>): Texts {
  const texts = Object.entries(said).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]));
}

export function templatesOf(slot: HTMLElement): HTMLTemplateElement[] {
  return [...slot.children].filter((one): one is HTMLTemplateElement => one instanceof HTMLTemplateElement);
}

function templateFor(slot: HTMLElement, format: string): HTMLTemplateElement | undefined {
  const all = templatesOf(slot);
  return all.find((one) => one.dataset.segueFormat === format) ?? all.find((one) => !one.dataset.segueFormat);
}

/** The template with its places filled; `<template data-segue-products>` within it once for each product. */
function filled(template: HTMLTemplateElement, texts: Texts, products: readonly Texts[] = []): DocumentFragment {
  const content = document.importNode(template.content, true);
  const repeated = [...content.querySelectorAll<HTMLTemplateElement>("template[data-segue-products]")];
  const places = repeated.map((one) => {
    const place = document.createComment("");
    one.replaceWith(place);
    return [one, place] as const;
  });
  for (const element of [...content.querySelectorAll("*")]) prepare(element, texts);
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    node.nodeValue = put(node.nodeValue ?? "", texts);
  }
  for (const [one, place] of places) place.replaceWith(...products.map((product) => filled(one, product)));
  return content;
}

/** The one element of a filled template, or one around everything in it. */
function only(content: DocumentFragment): HTMLElement {
  const first = content.childElementCount === 1 ? content.firstElementChild : null;
  const bare = [...content.childNodes].every((node) => node === first || !node.textContent?.trim());
  if (first instanceof HTMLElement && bare) return first;
  const around = document.createElement("div");
  around.append(content);
  return around;
}

function prepare(element: Element, texts: Texts): void {
  const needed = element.getAttribute("data-segue-if");
  // a script or a style sheet would read a stranger's text as its own
  if ((needed && !texts[needed]) || /^(script|style|iframe|object|embed|template)$/i.test(element.localName)) {
    element.remove();
    return;
  }
  for (const { name, value } of [...element.attributes]) {
    if (!value.includes("{{")) continue;
    const said = attribute(name.toLowerCase(), put(value, texts));
    if (said === null) element.removeAttribute(name);
    else element.setAttribute(name, said);
  }
}

/** What an attribute may become; null where it may not be filled, or would stay empty. */
function attribute(name: string, value: string): string | null {
  if (name.startsWith("on") || name === "srcdoc" || name === "style") return null;
  if (ADDRESSES.has(name)) return value && safeAddress(value) ? value : null;
  return value;
}

function safeAddress(value: string): boolean {
  // as the browser reads it: without leading blanks, tabs and line breaks
  return SCHEMES.test(Array.from(value).filter((sign) => sign > " ").join("")); // prettier-ignore
}

function put(text: string, texts: Texts): string {
  return text.replace(PLACE, (_, name: string) => texts[name] ?? "");
}

/** Picture, headline, text and a call to action, as far as they are there. */
function plain(texts: Texts, products: readonly Texts[], dismissible: string | undefined): HTMLElement {
  const item = make("article", "segue-action");
  if (texts.image && safeAddress(texts.image)) {
    const image = make("img", "segue-image");
    image.src = texts.image;
    image.alt = texts.alt ?? "";
    item.append(image);
  }
  const words = make("div", "segue-words");
  const link = texts.link && safeAddress(texts.link) ? texts.link : undefined;
  if (texts.headline) words.append(make("p", "segue-headline", texts.cta ? undefined : link, texts.headline));
  const body = texts.body || texts.text;
  if (body) words.append(make("p", "segue-body", undefined, body));
  for (const product of products) {
    const url = product.url && safeAddress(product.url) ? product.url : undefined;
    words.append(make("p", "segue-product", url, product.name || product.sku));
  }
  if (texts.cta) words.append(make("p", "segue-cta", link, texts.cta));
  item.append(words);
  if (dismissible !== undefined) {
    const button = make("button", "segue-dismiss");
    button.type = "button";
    button.dataset.segueDismiss = "";
    button.setAttribute("aria-label", dismissible || "Dismiss");
    button.textContent = "×";
    item.append(button);
  }
  return item;
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  kind: string,
  link?: string,
  text?: string,
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = kind;
  if (link !== undefined) {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.textContent = text ?? "";
    element.append(anchor);
  } else if (text !== undefined) element.textContent = text;
  return element;
}

const LOOKS = `
:where([data-segue-slot]){display:flow-root}
[data-segue-slot][data-segue-state=waiting]{visibility:hidden}
:where(.segue-action){position:relative;display:flex;align-items:end;overflow:clip;min-height:inherit;box-sizing:border-box}
:where(.segue-image){position:absolute;inset:0;width:100%;height:100%;object-fit:cover}
:where(.segue-words){position:relative;padding:1rem;margin:.5rem;background:Canvas;color:CanvasText}
:where(.segue-words p){margin:0}
:where(.segue-headline){font-size:1.25em;font-weight:bold}
:where(.segue-dismiss){position:absolute;inset-block-start:.5rem;inset-inline-end:.5rem;min-width:2.75rem;min-height:2.75rem}
`;

/** The few rules of ours, in a way that a Content-Security-Policy without inline styles lets through. */
export function addLooks(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOKS);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
