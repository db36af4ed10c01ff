import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { KeptOnce } from "../KeptOnce";

/** The key of a new source, until it is kept. */
export function KeepKey({ name, text, onKept }: { name: string; text: string; onKept: () => void }) {
  const { t } = useTranslation("sources");
  const [kept, setKept] = useState(false);
  return (
    <Stack>
      <KeptOnce value={text} says={`${t("key.once")} ${t("key.lost")}`} label={t("key.yours")} file={`segue-${name}.key.txt`} kept={kept} onKept={setKept} />
      <Group justify="flex-end"><Button disabled={!kept} onClick={onKept}>{t("dialog.next")}</Button></Group>
    </Stack>
  );
}
