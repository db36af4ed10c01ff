import { IconHammer } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";

/** An honest placeholder. */
export function Soon({ title }: { title: string }) {
  const { t } = useTranslation();
  return (
    <Page title={title}>
      <Empty icon={IconHammer} title={t("soon.title")}>{t("soon.says")}</Empty>
    </Page>
  );
}
