import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

/** The way back to all customers. */
export function Back() {
  const { t } = useTranslation("record");
  return <Anchor component={Link} inherit to="/customers">{t("back")}</Anchor>;
}
