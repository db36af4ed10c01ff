import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Customers() {
  const { t } = useTranslation("customers");
  return <Soon title={t("title")} />;
}
