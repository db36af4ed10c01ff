/** A trait as a sentence, and what is offered for its parts. */
import { useTranslation } from "react-i18next";
import { useInWords, useWindow } from "../segments/words";
import { toWhere } from "../segments/conditions";
import type { Draft } from "./definition";
import { partsOf } from "./definition";

/** `properties.revenue` reads "revenue", `products.category` "category of the product". */
export function useFieldInWords(): (path: string) => string {
  const { t } = useTranslation("traits");
  return (path) => {
    const [root = "", ...rest] = path.split(".");
    const name = (rest.length > 0 ? rest.join(" ") : root).replaceAll("_", " ");
    return root === "products" ? t("say.product", { name }) : root === "context" ? t("say.context", { name }) : name;
  };
}

export function useTraitInWords(): (draft: Draft) => string {
  const { t } = useTranslation("traits");
  const field = useFieldInWords();
  const where = useInWords();
  const window = useWindow();
  return (draft) => {
    const parts = partsOf(draft.how);
    if (parts.ratio) return t("say.ratio", { above: draft.above.replaceAll("_", " ") || "…", below: draft.below.replaceAll("_", " ") || "…" });
    const said = [t(`say.${draft.how as "count"}`, { event: draft.of || "…", field: draft.field ? field(draft.field) : "…" })];
    if (draft.where !== null && draft.where.rules.length > 0) said.push(t("say.where", { what: where(toWhere(draft.where)) }));
    if (parts.window) said.push(draft.window ? t("say.window", { window: window(draft.window) }) : t("say.ever"));
    if (parts.per) said.push(t("say.per", { window: window(draft.per) }));
    if (parts.weight && draft.weight) said.push(t("say.weight", { field: field(draft.weight) }));
    if (parts.by && draft.by) said.push(t("say.by", { field: field(draft.by) }));
    return said.join(", ");
  };
}
