import { Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Failed } from "./Failed";

interface Props {
  opened: boolean;
  onClose: () => void;
  /** Does it. The dialog shows that it runs, stays open with the error when it fails, closes when it is done. */
  onConfirm: () => Promise<unknown>;
  title: string;
  /** One sentence before the consequences. */
  children?: ReactNode;
  /** What happens, one line each, said before it does. */
  consequences?: ReactNode[];
  confirm: string;
  danger?: boolean;
  /** A word to type first, for what cannot be taken back. */
  word?: string;
}

/** Asks before something happens, and says what will. */
export function ConfirmDialog(props: Props) {
  const [busy, setBusy] = useState(false);
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={<Text fw={620} size="lg">{props.title}</Text>}
      closeOnClickOutside={!busy}
      closeOnEscape={!busy}
      withCloseButton={!busy}
      size="md"
    >
      <Question {...props} busy={busy} setBusy={setBusy} />
    </Modal>
  );
}

function Question({ onClose, onConfirm, children, consequences, confirm, danger, word, busy, setBusy }: Props & { busy: boolean; setBusy: (busy: boolean) => void }) {
  const { t } = useTranslation("parts");
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<unknown>(null);
  const ready = !word || typed.trim().toLowerCase() === word.toLowerCase();
  const act = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) void act();
      }}
    >
      <Stack gap="md">
        {children && <div>{children}</div>}
        {consequences && consequences.length > 0 && (
          <div>
            <Text size="sm" c="dimmed" mb={4}>{t("confirm.happens")}</Text>
            <List spacing={4} size="md">{consequences.map((line, n) => <List.Item key={n}>{line}</List.Item>)}</List>
          </div>
        )}
        {word && (
          <TextInput label={t("confirm.type", { word })} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" spellCheck={false} data-autofocus />
        )}
        {error !== null && <Failed error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={busy} data-autofocus={word ? undefined : true}>{t("confirm.no")}</Button>
          <Button type="submit" color={danger ? "red" : undefined} disabled={!ready} loading={busy}>{confirm}</Button>
        </Group>
      </Stack>
    </form>
  );
}
