import { expect, test } from "vitest";
import { hrefOf, type Route, routeOf, ROOT, within } from "./route";

test("every page has an address that leads back to it", () => {
  const pages: Route[] = [
    { page: "home" }, { page: "cart" }, { page: "checkout" }, { page: "log-in" }, { page: "category", category: "FRUIT & NUTS/DRIED" },
    { page: "search", text: "oat milk" }, { page: "product", sku: "a/b?c=1" }, { page: "thanks", order: "o-1" },
  ]; // prettier-ignore
  for (const page of pages) expect(routeOf(new URL(hrefOf(page), "https://a.example").search)).toEqual(page);
});

test("what leads nowhere is the first page", () => {
  expect(["", "?", "?page=elsewhere", "?q=%20", "?product=", "?x=1"].map((one) => routeOf(one).page)).toEqual(Array(6).fill("home"));
});

test("links of what is shown stay within the shop, others leave it", () => {
  const here = "https://a.example/screens/shop?page=cart";
  expect(within("?product=1", here)).toBe(`${ROOT}?product=1`);
  expect(within("?", here)).toBe(ROOT);
  expect(within("/screens/shop/?category=TEA", here)).toBe(`${ROOT}?category=TEA`);
  expect(within("https://b.example/screens/shop?product=1", here)).toBeNull();
  expect(within("/console/customers", here)).toBeNull();
  expect(within("http://[", here)).toBeNull();
});
