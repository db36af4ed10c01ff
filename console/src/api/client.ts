/**
 * How the console speaks with the API: one typed client, one kind of error, and what useQuery needs.
 *
 *   useQuery(get("/api/v1/status"))                                   typed by the OpenAPI document
 *   useQuery(get("/api/v1/persons/{person_id}", { params: { path: { person_id } } }))
 *   await send("post", "/api/v1/persons/{person_id}/merge", { params: …, body: … })
 *
 * While a path is not yet in schema.d.ts: getAs<T>(path, query) and sendAs<T>(method, path, body).
 */
import { queryOptions } from "@tanstack/react-query";
import createClient from "openapi-fetch";
import type { MaybeOptionalInit } from "openapi-fetch";
import type { HttpMethod, PathsWithMethod, SuccessResponseJSON } from "openapi-typescript-helpers";
import type { paths } from "./schema";
import { noteAnswer, noteSilence } from "./reach";

/** What went wrong, as the API says it. `status` is 0 when nobody answered. */
export class ApiError extends Error {
  readonly code: string;
  readonly cure: string | null;
  readonly status: number;
  /** Seconds after which to try again, when the server says so. */
  readonly retryAfter: number | null;

  constructor(status: number, code: string, message: string, cure: string | null = null, retryAfter: number | null = null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.cure = cure;
    this.retryAfter = retryAfter;
  }
}

/** Any error as an ApiError, so that every page can show it in one way. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, "unforeseen", error instanceof Error ? error.message : String(error));
}

type Method = Extract<HttpMethod, "get" | "post" | "put" | "patch" | "delete">;
type PathOf<M extends Method> = PathsWithMethod<paths, M>;
type Operation<P extends keyof paths, M extends Method> = Extract<paths[P][M], Record<string | number, unknown>>;
type Init<P extends keyof paths, M extends Method> = MaybeOptionalInit<paths[P], M>;
type InitArgument<I> = undefined extends I ? [init?: I] : Record<string, never> extends I ? [init?: I] : [init: I];
/** What a successful answer of this path holds. */
export type Answer<P extends keyof paths, M extends Method = "get"> = SuccessResponseJSON<Operation<P, M>>;

const client = createClient<paths>({ baseUrl: location.origin, fetch: reach });

async function reach(request: Request): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(request, { credentials: "same-origin", cache: "no-store" });
  } catch (error) {
    if (request.signal.aborted) throw error;
    noteSilence();
    throw new ApiError(0, "unreachable", "the server does not answer");
  }
  if (answer.status === 502 || answer.status === 504) noteSilence();
  else noteAnswer();
  return answer;
}

/** The error that an answer tells; for what was not asked through `get` and `send`. */
export function toError(status: number, content: unknown, retryAfter: string | null = null): ApiError {
  const told = (typeof content === "object" && content !== null ? content : {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" && value ? value : null);
  return new ApiError(
    status,
    text(told.code) ?? `http_${status}`,
    text(told.message) ?? `the server answered ${status}`,
    text(told.cure),
    retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
  );
}

async function ask(method: Method, path: string, init: object): Promise<unknown> {
  const call = client.request as unknown as (
    method: Method,
    path: string,
    init: object,
  ) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
  const { data, error, response } = await call(method, path, init);
  if (!response.ok) throw toError(response.status, error, response.headers.get("Retry-After"));
  return data;
}

/** Options for useQuery, useSuspenseQuery, prefetchQuery: a GET of the API. Keys begin with the path. */
export function get<P extends PathOf<"get">>(path: P, ...[init]: InitArgument<Init<P, "get">>) {
  const parameters = (init as { params?: unknown } | undefined)?.params ?? null;
  return queryOptions({
    queryKey: [path as string, parameters] as const,
    queryFn: ({ signal }) => ask("get", path, { ...init, signal }) as Promise<Answer<P, "get">>,
  });
}

/** One request that changes something, or a POST that asks. Throws ApiError. */
export function send<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...[init]: InitArgument<Init<P, M>>
): Promise<Answer<P, M>> {
  return ask(method, path, init ?? {}) as Promise<Answer<P, M>>;
}

type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** As `get`, for a path that the OpenAPI document does not name yet. */
export function getAs<T>(path: string, query: Query = {}) {
  return queryOptions({
    queryKey: [path, query] as const,
    queryFn: ({ signal }) => ask("get", path, { params: { query: trimmed(query) }, signal }) as Promise<T>,
  });
}

/** As `send`, for a path that the OpenAPI document does not name yet. */
export function sendAs<T>(method: Method, path: string, body?: unknown, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return ask(method, path, { params: { query: trimmed(query) }, body, signal }) as Promise<T>;
}

function trimmed(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== ""));
}
