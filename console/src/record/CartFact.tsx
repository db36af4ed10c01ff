import { useTranslation } from "react-i18next";
import { Fact } from "./Glance";
import type { GoldenRecord } from "./data";

/** What lies in her cart, or was left in it; nothing where she never had one. */
export function CartFact({ sessions }: { sessions: GoldenRecord["sessions"] }) {
  const { t } = useTranslation("record");
  const state = sessions.cart?.state ?? "none";
  const left = sessions.carts_abandoned + sessions.checkouts_abandoned;
  if (state === "none" && left === 0) return null;
  const unfinished = sessions.checkout === "abandoned";
  return (
    <Fact name={t("glance.cart")} figure={unfinished ? t("cart.checkout") : t(`cart.${state}`)}>
      {(state === "open" || state === "abandoned") && <div>{t("glance.items", { count: sessions.cart?.items ?? 0 })}</div>}
      {left > 0 && t("glance.left", { carts: sessions.carts_abandoned, checkouts: sessions.checkouts_abandoned })}
    </Fact>
  );
}
