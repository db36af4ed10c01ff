import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { sessionQuery } from "./session";

/** The cache of everything asked of the API. A 401 anywhere ends the session on the screen too. */
export function makeQueries(): QueryClient {
  const noteError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: noteError }),
    mutationCache: new MutationCache({ onError: noteError }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        networkMode: "always",
        refetchOnWindowFocus: false,
        retry: (failures, error) => {
          const status = error instanceof ApiError ? error.status : 500;
          return (status === 0 || status >= 500) && failures < 3;
        },
        retryDelay: (attempt) => Math.min(400 * 2 ** attempt, 5_000),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  return client;
}
