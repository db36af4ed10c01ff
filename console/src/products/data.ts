/** Products, stores and stock as the page asks for them. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";

export type Product = Answer<"/api/v1/products">["products"][number];
export type Stock = Answer<"/api/v1/inventory">["inventory"][number];
export type Store = Answer<"/api/v1/stores">["stores"][number];

const PAGE = 100;

/** Products by a part of their name or by number, page by page. */
export function useProducts(text: string) {
  return useInfiniteQuery({
    queryKey: ["/api/v1/products", "pages", text] as const,
    queryFn: ({ pageParam }) => send("get", "/api/v1/products", { params: { query: { limit: PAGE, ...(text === "" ? {} : { text }), ...(pageParam === "" ? {} : { after: pageParam }) } } }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useStores() {
  return useQuery({ ...get("/api/v1/stores"), staleTime: 60_000 });
}

export function useStock(sku: string) {
  return useQuery(get("/api/v1/inventory", { params: { query: { sku } } }));
}

/** Tell of products, stores and stock; decisions heed it at once. */
export function useTell() {
  const client = useQueryClient();
  const renew = () => client.invalidateQueries({ predicate: ({ queryKey }) => /\/(products|inventory|stores)/.test(String(queryKey[0])) });
  const product = useMutation({ mutationFn: (told: Partial<Product> & { sku: string }) => send("put", "/api/v1/products", { body: { products: [told] } }), onSuccess: renew });
  const stock = useMutation({ mutationFn: (told: Stock[]) => send("put", "/api/v1/inventory", { body: { inventory: told } }), onSuccess: renew });
  const store = useMutation({ mutationFn: (told: Partial<Store> & { store: string }) => send("put", "/api/v1/stores", { body: { stores: [told] } }), onSuccess: renew });
  return { product, stock, store };
}
