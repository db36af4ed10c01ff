import { useTranslation } from "react-i18next";
import { Soon } from "../app/Soon";

export default function Home() {
  const { t } = useTranslation("home");
  return <Soon title={t("title")} />;
}
