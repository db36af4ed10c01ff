import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failed } from "../parts";
import { addKey, useChange } from "./data";
import { KeptOnce } from "./KeptOnce";

/** Makes another key of a source, and shows it this once. */
export function NewKey({ name, onMade, onClose }: { name: string; onMade: (key: string) => void; onClose: () => void }) {
  const { t } = useTranslation("sources");
  const [kept, setKept] = useState(false);
  const add = useChange(addKey);
  const key = add.data?.key;
  const locked = add.isPending || (key !== undefined && !kept);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={!locked}
      closeOnEscape={!locked}
      withCloseButton={!locked}
      title={<Text component="span" fw={620} size="lg">{t("keys.newTitle", { name })}</Text>}
    >
      <Stack>
        {key === undefined ? (
          <>
            <Text>{t("keys.newSays")}</Text>
            {add.isError && <Failed error={add.error} />}
            <Group justify="flex-end"><Button loading={add.isPending} onClick={() => add.mutate(name, { onSuccess: (made) => onMade(made.key) })} data-autofocus>{t("keys.make")}</Button></Group>
          </>
        ) : (
          <>
            <KeptOnce value={key} says={t("key.once")} label={t("key.yours")} file={`segue-${name}.key.txt`} kept={kept} onKept={setKept} />
            <Group justify="flex-end"><Button disabled={!kept} onClick={onClose}>{t("keys.done")}</Button></Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}
