import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Code } from "../parts";

/** Something that is seen this once: what it is for, the text with a button to copy it, and no way to close it by accident. */
export function ShownOnce({ title, text, warning, children, onClose }: { title: string; text: string; warning: string; children: ReactNode; onClose: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <Modal opened onClose={onClose} title={<Text fw={620} size="lg">{title}</Text>} closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false} size="lg">
      <Stack gap="md">
        <div>{children}</div>
        <Code text={text} />
        <Alert color="yellow" icon={<IconEyeOff size={17} />} p="sm">{warning}</Alert>
        <Group justify="flex-end"><Button onClick={onClose}>{t("once.done")}</Button></Group>
      </Stack>
    </Modal>
  );
}
