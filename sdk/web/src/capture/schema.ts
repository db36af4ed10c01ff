/** Products that a page describes for search engines (schema.org, as JSON-LD or microdata) or in our attributes. */

/** A product as Segment's e-commerce events have it. */
export interface Product {
  product_id: string;
  sku?: string;
  name?: string;
  price?: number;
  category?: string;
  brand?: string;
  url?: string;
  image_url?: string;
  currency?: string;
  variant?: string;
}

type Json = Record<string, unknown>;

const MOST_SCRIPTS = 20;
const DEEPEST = 6;

/** Products of the page's JSON-LD, in the order of the page; those in lists of related ones are not among them. */
export function fromJsonLd(): Product[] {
  const scripts = [...document.querySelectorAll('script[type="application/ld+json"]')].slice(0, MOST_SCRIPTS);
  return scripts.flatMap((script) => {
    try {
      return productsIn(JSON.parse(script.textContent ?? ""), 0);
    } catch {
      return []; // the page's mistake
    }
  });
}

function productsIn(node: unknown, depth: number): Product[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(node)) return node.flatMap((one) => productsIn(one, depth + 1));
  if (!isJson(node)) return [];
  const types = [node["@type"]].flat().map((type) => String(type).replace(/^.*[/:]/, ""));
  if (types.some((type) => type === "Product" || type === "ProductGroup" || type === "IndividualProduct")) {
    const product = fromNode(node);
    return product ? [product] : [];
  }
  return ["@graph", "mainEntity", "itemListElement", "item"].flatMap((key) => productsIn(node[key], depth + 1));
}

function fromNode(node: Json): Product | null {
  const offer = first(node.offers);
  const offered = isJson(offer) ? offer : {};
  const listed = first(offered.priceSpecification);
  const priced = isJson(listed) ? { ...listed, ...offered } : offered;
  return product({
    sku: text(node.sku) || text(node.mpn) || text(node.productGroupID),
    product_id: text(node.productID) || text(node.sku) || gtin(node) || text(node.mpn) || text(node.productGroupID),
    name: text(node.name),
    price: text(priced.price) || text(priced.lowPrice),
    currency: text(priced.priceCurrency),
    category: text(node.category),
    brand: text(node.brand),
    url: text(node.url) || text(offered.url),
    image_url: text(node.image),
    variant: text(node.color) || text(node.size),
  });
}

function gtin(node: Json): string {
  return ["gtin", "gtin13", "gtin14", "gtin12", "gtin8"].map((key) => text(node[key])).find(Boolean) ?? "";
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text, a number as one, or the name or address of what stands there. */
function text(value: unknown): string {
  const one = first(value);
  if (typeof one === "string" || typeof one === "number") return String(one).trim();
  return isJson(one) ? text(one.name ?? one.url ?? one.contentUrl ?? one["@id"]) : "";
}

const PRODUCT = '[itemscope][itemtype*="schema.org/Product"]';

/** Products of the page's microdata, without those within another. */
export function fromMicrodata(): Product[] {
  return [...document.querySelectorAll(PRODUCT)].flatMap((element) => {
    if (element.closest("[data-segue-ignore]") || element.parentElement?.closest(PRODUCT)) return [];
    const found = product(microdata(element));
    return found ? [found] : [];
  });
}

function microdata(element: Element): Record<string, string> {
  const said: Record<string, string> = {};
  for (const one of element.querySelectorAll("[itemprop]")) {
    if (one.parentElement?.closest(PRODUCT) !== element || one.hasAttribute("itemscope")) continue;
    const owner = one.parentElement?.closest("[itemscope]");
    const within = owner !== element ? owner?.getAttribute("itemprop") : "";
    for (const name of (one.getAttribute("itemprop") ?? "").split(/\s+/)) {
      said[within === "brand" && name === "name" ? "brand" : within && name === "name" ? "" : name] ??= valueOf(one);
    }
  }
  return {
    sku: said.sku ?? said.mpn ?? "",
    product_id: said.productID ?? said.sku ?? said.gtin13 ?? said.gtin ?? said.mpn ?? "",
    name: said.name ?? "",
    price: said.price ?? said.lowPrice ?? "",
    currency: said.priceCurrency ?? "",
    category: said.category ?? "",
    brand: said.brand ?? "",
    url: said.url ?? "",
    image_url: said.image ?? "",
  };
}

function valueOf(element: Element): string {
  const said = element.getAttribute("content") ?? element.getAttribute("src") ?? element.getAttribute("href");
  return (said ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** The product that an element's attributes name: `data-segue-product="SKU"`, `data-segue-name`, `data-segue-price`, … */
export function fromAttributes(element: HTMLElement): Product | null {
  const said = element.dataset;
  const sku = said.segueProduct || said.segueAdd || said.segueRemove || "";
  return product({
    sku,
    product_id: said.segueProductId || sku,
    name: said.segueName ?? "",
    price: said.seguePrice ?? "",
    currency: said.segueCurrency ?? "",
    category: said.segueCategory ?? "",
    brand: said.segueBrand ?? "",
    url: said.segueUrl ?? "",
    image_url: said.segueImage ?? "",
    variant: said.segueVariant ?? "",
  });
}

const LONGEST = 500;

function product(said: Record<string, string>): Product | null {
  const id = said.product_id || said.sku;
  if (!id) return null;
  const found: Product = { product_id: id.slice(0, LONGEST) };
  for (const name of ["sku", "name", "category", "brand", "currency", "variant"] as const) {
    if (said[name]) found[name] = said[name].slice(0, LONGEST);
  }
  const price = Number(said.price);
  if (said.price && Number.isFinite(price) && price >= 0) found.price = price;
  for (const name of ["url", "image_url"] as const) {
    const address = said[name] && webAddress(said[name]);
    if (address) found[name] = address;
  }
  return found;
}

function webAddress(said: string): string | undefined {
  try {
    const url = new URL(said, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
