import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page } from "../parts";
import { AddSource } from "./adding/AddSource";
import { useSources } from "./data";
import { List } from "./List";

/** Who sends events, and whether they are alive. */
export default function Sources() {
  const { t } = useTranslation("sources");
  const { may } = useSession();
  return may("sources") ? <Shown /> : <Denied title={t("title")} />;
}

function Shown() {
  const { t } = useTranslation("sources");
  const { may } = useSession();
  const sources = useSources();
  const [adding, { open, close }] = useDisclosure(false);
  const add = may("manage_sources") && <Button leftSection={<IconPlus size={16} />} onClick={open}>{t("add")}</Button>;
  const found = sources.data?.sources;
  return (
    <Page title={t("title")} description={t("says")} actions={found?.length ? add : null}>
      {sources.isPending && <Loading rows={8} height={26} />}
      {sources.isError && !found && <Failed error={sources.error} retry={() => void sources.refetch()} />}
      {found?.length === 0 && <Empty icon={IconPlugConnected} title={t("none.title")} action={add || t("whoMay")}>{t("none.says")}</Empty>}
      {found && found.length > 0 && <List sources={found} />}
      {adding && <AddSource taken={found?.map(({ name }) => name) ?? []} onClose={close} />}
    </Page>
  );
}
