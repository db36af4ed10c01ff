import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck } from "@tabler/icons-react";
import i18next from "i18next";
import { asApiError } from "../api/client";

const STAYS = 8_000;

/** Say that something was done, and offer to take it back for a while. */
export function undoable(message: string, undo: () => Promise<unknown>): void {
  const id = `undo-${crypto.randomUUID()}`;
  const takeBack = async () => {
    notifications.hide(id);
    try {
      await undo();
    } catch (error) {
      notifications.show({ ...closable(), color: "red", title: i18next.t("undo.failed", { ns: "parts" }), message: asApiError(error).message });
    }
  };
  notifications.show({ ...closable(),
    id,
    autoClose: STAYS,
    icon: <IconCheck size={16} />,
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="md">{message}</Text>
        <Button size="compact-sm" variant="subtle" onClick={() => void takeBack()}>{i18next.t("undo.do", { ns: "parts" })}</Button>
      </Group>
    ),
  });
}

/** The name of the button that closes it, in the reader's language. */
function closable() {
  return { closeButtonProps: { "aria-label": i18next.t("undo.close", { ns: "parts" }) } };
}

/** Say that something was done. */
export function done(message: string): void {
  notifications.show({ ...closable(), message, icon: <IconCheck size={16} />, autoClose: 4_000 });
}

/** Say that something did not work, with its cure. */
export function failed(error: unknown, title?: string): void {
  const told = asApiError(error);
  notifications.show({ ...closable(), color: "red", title: title ?? i18next.t("failed.title", { ns: "parts" }), message: [told.message, told.cure].filter(Boolean).join(". "), autoClose: 10_000 });
}
