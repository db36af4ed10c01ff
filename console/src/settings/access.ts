/** What each role may do, for showing. A test holds this to the server's table of roles. */
import type { Role } from "../app/session";

export type KeyRole = Role | "ingest" | "decide";
export const USER_ROLES: readonly Role[] = ["read", "associate", "marketer", "admin"];
export const KEY_ROLES: readonly KeyRole[] = ["ingest", "read", "associate", "marketer", "admin", "decide"];

/** Things that people want to do, each with the acts it needs and the roles that may do all of them. */
export const ABILITIES = [
  { name: "read", acts: ["overview", "live", "find", "customers", "show", "timeline", "identity"], roles: ["read", "associate", "marketer", "admin"] },
  { name: "look", acts: ["sources", "dead_letters", "imports", "definitions"], roles: ["read", "marketer", "admin"] },
  { name: "export", acts: ["export"], roles: ["read", "admin"] },
  { name: "import", acts: ["import"], roles: ["marketer", "admin"] },
  { name: "connect", acts: ["manage_sources", "mend"], roles: ["admin"] },
  { name: "join", acts: ["merge", "delete_identifier"], roles: ["admin"] },
  { name: "erase", acts: ["erase"], roles: ["admin"] },
  { name: "define", acts: ["define"], roles: ["admin"] },
  { name: "people", acts: ["users", "keys", "audit"], roles: ["admin"] },
] as const;

export type Ability = (typeof ABILITIES)[number]["name"];

/** Whether a role may do this. */
export function mayDo(role: string, ability: Ability): boolean {
  return ABILITIES.some(({ name, roles }) => name === ability && (roles as readonly string[]).includes(role));
}
