import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Sources() {
  const { t } = useTranslation("sources");
  return <Soon title={t("title")} />;
}
