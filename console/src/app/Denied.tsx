import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";
import { useSession } from "./session";

/** A page that the reader's role does not open. */
export function Denied({ title }: { title: string }) {
  const { t } = useTranslation();
  const { user } = useSession();
  return (
    <Page title={title}>
      <Empty icon={IconLock} title={t("denied.title")}>{t("denied.says", { role: t(`role.${user.role}`) })}</Empty>
    </Page>
  );
}
