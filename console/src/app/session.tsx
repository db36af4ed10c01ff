/** Who is signed in, and what she may do. */
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";
import { ApiError, sendAs } from "../api/client";
import { Failed } from "../parts/Failed";
import { Waiting } from "./Waiting";

export interface Session {
  user: { user_id: string | null; name: string; role: Role; has_password: boolean };
  /** Names of the acts in the server's table of roles that her role may do. */
  acts: string[];
  version: string;
  time_zone: string;
  currency: string | null;
  public_url: string;
  demo: boolean;
  composed_sources: string[];
  expires_at: string;
}

export type Role = "read" | "associate" | "marketer" | "admin";

export interface SignedIn extends Session {
  /** Whether her role may do this act: `may("merge")`. */
  may: (act: string) => boolean;
  signOut: () => Promise<void>;
}

const SESSION = "/api/v1/session";
const Context = createContext<SignedIn | null>(null);

/** The session, or null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: [SESSION],
  staleTime: 5 * 60_000,
  refetchOnWindowFocus: true,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await sendAs<Session>("get", SESSION, undefined, {}, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

/** Where to go after signing in: kept in the history's state, so that no address carries it. */
export interface Wanted {
  wanted?: string;
}

const WANTED = "segue-wanted";

/** Before she leaves for her organisation's page to sign in. */
export function rememberWanted(wanted: string): void {
  try {
    sessionStorage.setItem(WANTED, wanted);
  } catch {
    // storage is switched off: she will come back to the first page
  }
}

/** Where she wanted to go before she left; once. */
export function takeWanted(): string | null {
  try {
    const wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    return wanted === "/" ? null : wanted;
  } catch {
    return null;
  }
}

const SCREEN = "segue-wanted-screen";
const SCREEN_FOR = 15 * 60_000;
const SCREENS: readonly string[] = ["/screens/associate"];

/** The touchpoint's page that sent her here to sign in, for a quarter of an hour; once. */
export function takeScreen(now: number = Date.now()): string | null {
  try {
    const told: unknown = JSON.parse(sessionStorage.getItem(SCREEN) ?? "null");
    sessionStorage.removeItem(SCREEN);
    const { page, at } = (told ?? {}) as { page?: unknown; at?: unknown };
    const lately = typeof at === "number" && Math.abs(now - at) < SCREEN_FOR;
    return lately && typeof page === "string" && SCREENS.includes(page) ? page : null;
  } catch {
    return null;
  }
}

/** Shows its children to who is signed in, and the sign-in page to who is not. */
export function RequireSession({ children }: { children: ReactNode }) {
  const { data, error, isPending, refetch } = useQuery(sessionQuery);
  const client = useQueryClient();
  const location = useLocation();
  const value = useMemo<SignedIn | null>(() => {
    if (!data) return null;
    const acts = new Set(data.acts);
    return {
      ...data,
      may: (act) => acts.has(act),
      signOut: async () => {
        await sendAs("delete", SESSION).catch(ignoreSignedOut);
        // another person may sign in here next: nothing of hers stays in memory
        client.clear();
        window.location.assign("/console/sign-in");
      },
    };
  }, [data, client]);

  if (value) return <Context value={value}>{children}</Context>;
  if (isPending) return <Waiting />;
  if (data === null) {
    const wanted = location.pathname + location.search + location.hash;
    return <Navigate to="/sign-in" replace state={{ wanted } satisfies Wanted} />;
  }
  return <Failed error={error} retry={() => void refetch()} page />;
}

function ignoreSignedOut(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 401)) throw error;
}

/** The session of who is signed in; inside the shell only. */
export function useSession(): SignedIn {
  const session = useContext(Context);
  if (session === null) throw new Error("useSession outside RequireSession");
  return session;
}

/** As useSession, or null outside the shell (formatting on the sign-in page). */
export function useSessionIfAny(): SignedIn | null {
  return useContext(Context);
}
