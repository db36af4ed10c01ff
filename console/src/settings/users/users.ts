import { useMutation, useQueryClient } from "@tanstack/react-query";
import { get, send } from "../../api/client";
import type { Answer } from "../../api/client";
import type { Role } from "../../app/session";

export type User = Answer<"/api/v1/users">["users"][number];
/** A one-time link as it is handed over. */
export interface Invitation {
  name: string;
  link: string;
  /** RFC 3339; null: a day from now. */
  expires_at: string | null;
}

export const usersQuery = get("/api/v1/users");

/** What can be done with users; the list is asked for again after each. */
export function useUserActs() {
  const client = useQueryClient();
  const renew = () =>
    Promise.all([client.invalidateQueries({ queryKey: usersQuery.queryKey.slice(0, 1) }), client.invalidateQueries({ queryKey: ["/api/v1/audit"] })]);
  const add = useMutation({
    mutationFn: (user: { name: string; role: Role }) => send("post", "/api/v1/users", { body: user }),
    onSettled: renew,
  });
  const change = useMutation({
    mutationFn: ({ user_id, ...change }: { user_id: string; role?: Role; enabled?: boolean }) => send("patch", "/api/v1/users/{user_id}", { params: { path: { user_id } }, body: change }),
    onSettled: renew,
  });
  const link = useMutation({
    mutationFn: (user_id: string) => send("post", "/api/v1/users/{user_id}/link", { params: { path: { user_id } } }),
    onSettled: renew,
  });
  return { add, change, link };
}
