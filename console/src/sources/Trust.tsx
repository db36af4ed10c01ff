import { IconShieldCheck, IconWorld } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Tag } from "../parts";

/** Whether what a source says is proof, by a word with an explanation. */
export function Trust({ trusted }: { trusted: boolean }) {
  const { t } = useTranslation("sources");
  const said = trusted ? "trusted" : "public";
  return <Tag tone={trusted ? "accent" : "quiet"} icon={trusted ? IconShieldCheck : IconWorld} title={t(`trust.${said}Says`)}>{t(`trust.${said}`)}</Tag>;
}
