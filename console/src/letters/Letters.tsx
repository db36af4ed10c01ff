import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Letters() {
  const { t } = useTranslation("letters");
  return <Soon title={t("title")} />;
}
