import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Saves a text as a file. */
export function Download({ text, name }: { text: string; name: string }) {
  const { t } = useTranslation("imports");
  const save = () => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  };
  return <Button size="compact-sm" variant="subtle" leftSection={<IconDownload size={15} />} onClick={save}>{t("download")}</Button>;
}
