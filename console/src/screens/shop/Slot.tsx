/** A place that Segue fills by itself. React makes it once and leaves its inside alone: that is the SDK's. */
import { memo, useLayoutEffect, useRef } from "react";
import styles from "./Shop.module.css";

interface Props {
  readonly placement: string;
  /** how much room it has: a picture's, one line's, two lines' */
  readonly kind: "hero" | "line" | "lines";
  /** the shop's own content */
  readonly headline: string;
  readonly body?: string;
}

export const Slot = memo(function Slot({ placement, kind, headline, body }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const slot = place.current;
    if (!slot || slot.childElementCount > 0) return;
    slot.append(own(headline, body), template());
  }, [headline, body]);
  return <div ref={place} className={styles.slot} data-kind={kind} data-segue-slot={placement} />;
});

function own(headline: string, body: string | undefined): HTMLElement {
  const about = make("div", "own");
  about.append(make("p", "slotHeadline", headline), ...(body ? [make("p", "slotBody", body)] : []));
  return about;
}

/** One for all formats: picture, words, what to do, and a way to be rid of it. */
function template(): HTMLTemplateElement {
  const all = document.createElement("template");
  const item = make("article", "item");
  item.dataset.shopDiscount = "{{discount}}";
  item.dataset.shopAction = "{{action}}";
  const picture = make("img", "slotPicture");
  set(picture, { src: "{{image}}", alt: "", "data-segue-if": "image" });
  const wordsIn = make("div", "slotWords");
  const headline = make("p", "slotHeadline", "{{headline}}");
  const body = make("p", "slotBody", "{{body}}");
  set(body, { "data-segue-if": "body" });
  const because = make("p", "slotBecause", "{{because}}");
  set(because, { "data-segue-if": "because" });
  const link = make("a", "slotLink", "{{cta}}");
  set(link, { href: "{{link}}", "data-segue-if": "cta" });
  wordsIn.append(headline, body, products(), because, link);
  const close = make("button", "slotClose", "×");
  set(close, { type: "button", "data-segue-dismiss": "", "aria-label": "×" });
  item.append(picture, wordsIn, close);
  all.content.append(item);
  return all;
}

function products(): HTMLTemplateElement {
  const each = document.createElement("template");
  each.dataset.segueProducts = "";
  const link = make("a", "slotProduct", "{{name}}");
  set(link, { href: "?product={{sku}}" });
  each.content.append(link);
  return each;
}

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, style: string, text = ""): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = styles[style] ?? "";
  element.textContent = text;
  return element;
}

function set(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
