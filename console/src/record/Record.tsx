import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Record() {
  const { t } = useTranslation("record");
  return <Soon title={t("title")} />;
}
