import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Tour() {
  const { t } = useTranslation("tour");
  return <Soon title={t("title")} />;
}
