import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";

/** An address that leads nowhere. */
export function Lost() {
  const { t } = useTranslation();
  return (
    <Page title={t("lost.title")}>
      <Empty icon={IconMapOff} action={<Button component={Link} to="/" variant="default">{t("broken.home")}</Button>}>{t("lost.says")}</Empty>
    </Page>
  );
}
