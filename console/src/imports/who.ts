import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";

const OWNER = "owner";

/** Who started something, from the API's `by` ("user:ID", or a key's id), in a word. */
export function useWho(): (by: string) => string {
  const { t } = useTranslation("imports");
  const { user } = useSession();
  return useCallback(
    (by: string) => {
      if (by === (user.user_id === null ? OWNER : `user:${user.user_id}`)) return t("who.you");
      if (by === OWNER) return t("who.owner");
      return t(by.startsWith("user:") ? "who.user" : "who.key");
    },
    [t, user.user_id],
  );
}
