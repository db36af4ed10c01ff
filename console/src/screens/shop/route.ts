/** Where one is in the shop. Every page has an address of its own, so that it can be linked to and gone back to. */
import { useSyncExternalStore } from "react";

export const ROOT = "/screens/shop";

export type Route =
  | { readonly page: "home" | "cart" | "checkout" | "log-in" }
  | { readonly page: "category"; readonly category: string }
  | { readonly page: "search"; readonly text: string }
  | { readonly page: "product"; readonly sku: string }
  | { readonly page: "thanks"; readonly order: string };

const PLAIN = ["cart", "checkout", "log-in"] as const;

/** The page of an address's query; the first page for what leads nowhere. */
export function routeOf(search: string): Route {
  const query = new URLSearchParams(search);
  const sku = query.get("product");
  if (sku) return { page: "product", sku };
  const category = query.get("category");
  if (category) return { page: "category", category };
  const text = query.get("q");
  if (text?.trim()) return { page: "search", text: text.trim().slice(0, 200) };
  const order = query.get("order");
  if (order) return { page: "thanks", order };
  const page = PLAIN.find((one) => one === query.get("page"));
  return { page: page ?? "home" };
}

export function hrefOf(route: Route): string {
  const query = new URLSearchParams();
  if (route.page === "product") query.set("product", route.sku);
  else if (route.page === "category") query.set("category", route.category);
  else if (route.page === "search") query.set("q", route.text);
  else if (route.page === "thanks") query.set("order", route.order);
  else if (route.page !== "home") query.set("page", route.page);
  const said = query.toString();
  return said ? `${ROOT}?${said}` : ROOT;
}

/** The address within the shop that a link leads to; null where it leads out of it. */
export function within(href: string, here: string): string | null {
  let url: URL;
  try {
    url = new URL(href, here);
  } catch {
    return null;
  }
  const same = url.origin === new URL(here).origin && url.pathname.replace(/\/$/, "") === ROOT;
  return same ? `${ROOT}${url.search}` : null;
}

const listeners = new Set<() => void>();

/** Go there; the page before is one step back. */
export function go(href: string): void {
  if (href === location.pathname + location.search) return;
  history.pushState(null, "", href);
  scrollTo(0, 0);
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

/** The query of the address, as it changes. */
export function useSearch(): string {
  return useSyncExternalStore(listen, () => location.search);
}
