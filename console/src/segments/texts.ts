/** What the builder says, for each of its parts. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

export function useBuilderTexts() {
  const { t } = useTranslation("segments");
  return useMemo(() => ({
    operator: (name: string) => ({ name, value: name, label: t(`op.${name as "="}`, { field: "" }).trim() }),
    combinators: [{ name: "and", value: "and", label: t("builder.all") }, { name: "or", value: "or", label: t("builder.any") }],
    translations: {
      addRule: { label: t("builder.addRule"), title: t("builder.addRule") }, addGroup: { label: t("builder.addGroup"), title: t("builder.addGroup") },
      removeRule: { label: "×", title: t("builder.removeRule") }, removeGroup: { label: "×", title: t("builder.removeGroup") },
      combinators: { title: t("builder.combinator") }, fields: { title: t("builder.field"), placeholderLabel: t("builder.field"), placeholderName: "", placeholderGroupLabel: "" },
      operators: { title: t("builder.operator"), placeholderLabel: "", placeholderName: "", placeholderGroupLabel: "" }, value: { title: t("builder.value") }, notToggle: { label: t("builder.not"), title: t("builder.not") },
    },
  }), [t]);
}
