import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Settings() {
  const { t } = useTranslation("settings");
  return <Soon title={t("title")} />;
}
