import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Import() {
  const { t } = useTranslation("imports");
  return <Soon title={t("title")} />;
}
