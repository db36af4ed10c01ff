import { useMutation, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../../api/client";
import type { Answer } from "../../api/client";
import type { KeyRole } from "../access";

export type Key = Answer<"/api/v1/keys">["keys"][number];
export const keysQuery = get("/api/v1/keys");

export interface Wanted {
  role: KeyRole;
  source?: string;
  /** Role decide: the only placement that it may ask for. */
  placement?: string;
  trusted: boolean;
  /** How long it lasts, as "90d"; left out: until it is revoked. */
  expires?: string;
}

/** What can be done with keys; lists that show them are asked for again after each. */
export function useKeyActs() {
  const client = useQueryClient();
  const renew = () => Promise.all(["/api/v1/keys", "/api/v1/sources", "/api/v1/audit"].map((path) => client.invalidateQueries({ queryKey: [path] })));
  const make = useMutation({
    mutationFn: (wanted: Wanted) => send("post", "/api/v1/keys", { body: wanted }),
    onSettled: renew,
  });
  const revoke = useMutation({
    mutationFn: (key_id: string) => send("delete", "/api/v1/keys/{key_id}", { params: { path: { key_id } } }),
    onSettled: renew,
  });
  return { make, revoke };
}
