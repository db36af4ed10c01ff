/** Products that are viewed, listed, clicked and put into the basket; names and shapes are Segment's (e-commerce v2). */
import { ignored } from "../cleaning";
import type { Properties } from "../client";
import { categoryOnPage } from "../page";
import { clicked } from "./clicks";
import { fromAttributes, fromJsonLd, fromMicrodata, type Product } from "./schema";
import type { Scene } from "./scene";

const CARD = "[data-segue-product]";
const MOST_LISTED = 30;
const MOMENT = 200;

export function captureProducts({ client, visits, changes }: Scene): void {
  const viewed = new Set<string>();
  let listed = false;
  let turned = -Infinity;
  const look = (): void => {
    // an application changes its address first, and shows the page before for a moment
    if (performance.now() - turned < MOMENT) return;
    const found = productsOnPage();
    if (found.main) {
      if (viewed.has(found.main.product_id)) return;
      viewed.add(found.main.product_id);
      client.track("Product Viewed", { url: client.pageNow.url, ...found.main });
    } else if (found.list.length > 1 && !listed) {
      listed = true; // once, although it grows while she scrolls
      const products = found.list.slice(0, MOST_LISTED).map((one, at) => ({ ...one, position: at + 1 }));
      client.track("Product List Viewed", { list_id: location.pathname, category: categoryOnPage(), products });
    }
  };
  const ready = (): void => {
    look();
    changes.settled(look);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
  visits.onTurn(() => {
    viewed.clear();
    listed = false;
    turned = performance.now();
    setTimeout(look, 2 * MOMENT);
  });
  document.addEventListener("click", (event) => changed(event, client.track.bind(client)), { capture: true });
}

type Track = (event: string, properties: Properties) => void;

function changed(event: Event, track: Track): void {
  const target = clicked(event);
  const button = target?.closest<HTMLElement>("[data-segue-add],[data-segue-remove]");
  if (button) {
    const product = ofButton(button);
    const name = button.dataset.segueAdd === undefined ? "Product Removed" : "Product Added";
    if (product) track(name, { ...product, ...basketId(button), quantity: quantityOf(button) });
    return;
  }
  const card = target?.closest("a[href]") ? target.closest<HTMLElement>(CARD) : null;
  if (!card || card === mainElement()) return;
  const product = fromAttributes(card);
  if (product) track("Product Clicked", { ...product });
}

function quantityOf(button: HTMLElement): number {
  const said = Number(button.dataset.segueQuantity ?? 1);
  return Number.isFinite(said) && said > 0 ? said : 1;
}

function basketId(button: HTMLElement): Properties {
  const id = button.closest<HTMLElement>("[data-segue-cart]")?.dataset.segueCart;
  return id ? { cart_id: id } : {};
}

/** The product of a button that names it, stands within it, or stands on its page. */
function ofButton(button: HTMLElement): Product | null {
  const own = fromAttributes(button);
  const card = button.closest<HTMLElement>(CARD);
  const around = card ? fromAttributes(card) : productsOnPage().main;
  if (!own) return around;
  return around && (around.sku === own.sku || around.product_id === own.product_id) ? { ...around, ...own } : own;
}

/** The product that the page is about, or the list of those it shows. */
export function productsOnPage(): { main: Product | null; list: Product[] } {
  const marked = mainElement();
  const own = marked && fromAttributes(marked);
  const described = merged([...fromJsonLd(), ...fromMicrodata()]);
  if (own) {
    const same = described.find((one) => one.product_id === own.product_id || (one.sku && one.sku === own.sku));
    return { main: same ? { ...same, ...own } : own, list: [] };
  }
  const cards = [...document.querySelectorAll<HTMLElement>(CARD)].filter((card) => !ignored(card));
  const list = merged([...cards.flatMap((card) => fromAttributes(card) ?? []), ...described]);
  const here = location.origin + location.pathname;
  const ofPage = described.filter((one) => one.url?.split(/[?#]/)[0] === here);
  const main = described.length === 1 ? described[0] : ofPage.length === 1 ? ofPage[0] : null;
  return { main: main ?? null, list };
}

/** The element of the page's own product: the only one, the one around others, or the one with the page's heading. */
function mainElement(): HTMLElement | null {
  const all = [...document.querySelectorAll<HTMLElement>(CARD)].filter((card) => !ignored(card));
  const outer = all.filter((card) => !card.parentElement?.closest(CARD));
  if (outer.length === 1) return outer[0] ?? null;
  return outer.find((card) => card.querySelector(`h1,${CARD}`)) ?? null;
}

/** One entry for each product; what one description leaves out another fills in. */
function merged(products: Product[]): Product[] {
  const found = new Map<string, Product>();
  for (const one of products) {
    const before = found.get(one.sku ?? one.product_id);
    found.set(one.sku ?? one.product_id, { ...one, ...before });
  }
  return [...found.values()];
}
