import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** What kinds, channels, tiers are called in the reader's language; one's own kinds by their own name. */
export function useNames() {
  const { t, i18n } = useTranslation("parts");
  const named = useCallback(
    (group: "kind" | "channel" | "tier" | "tierSays", name: string) => {
      const key = `${group}.${name}`;
      return i18n.exists(key, { ns: "parts" }) ? t(key as "kind.email") : name.replaceAll("_", " ");
    },
    [t, i18n],
  );
  return {
    kind: (name: string) => named("kind", name),
    channel: (name: string) => named("channel", name),
    tier: (name: string) => named("tier", name),
    tierSays: (name: string) => (i18n.exists(`tierSays.${name}`, { ns: "parts" }) ? named("tierSays", name) : ""),
  };
}
