import { Button } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";
import { Back } from "./Back";

/** An id that leads to nobody: erased, mistyped, or of another installation. */
export function Nobody() {
  const { t } = useTranslation("record");
  const find = <Button component={Link} to="/customers" state={{ focusFind: 1 }} variant="default">{t("nobody.find")}</Button>;
  return (
    <Page title={t("nobody.title")} above={<Back />}>
      <Empty icon={IconUserOff} action={find}>{t("nobody.says")}</Empty>
    </Page>
  );
}
