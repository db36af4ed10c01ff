import { Alert, Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { IconDownload, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Code } from "../parts";

interface Props {
  /** The key or secret. */
  value: string;
  says: string;
  label: string;
  /** What a downloaded file is called. */
  file: string;
  kept: boolean;
  onKept: (kept: boolean) => void;
}

/** Something that is shown this once: to copy, to download, and to say that it is kept. */
export function KeptOnce({ value, says, label, file, kept, onKept }: Props) {
  const { t } = useTranslation("sources");
  return (
    <Stack gap="sm">
      <Alert color="yellow" variant="light" icon={<IconKey size={18} />} c="var(--segue-ink)"><Text inherit>{says}</Text></Alert>
      <Code text={value} language={label} />
      <Group justify="space-between" gap="xs">
        <Checkbox label={t("key.kept")} checked={kept} onChange={(event) => onKept(event.currentTarget.checked)} />
        <Button variant="subtle" size="compact-sm" leftSection={<IconDownload size={15} />} onClick={() => download(file, value)}>{t("key.download")}</Button>
      </Group>
    </Stack>
  );
}

function download(file: string, text: string): void {
  const address = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  link.click();
  URL.revokeObjectURL(address);
}
