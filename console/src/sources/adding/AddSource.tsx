import { Modal, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWide } from "../../parts";
import { Connect } from "./Connect";
import { Describe } from "./Describe";
import { KeepKey } from "./KeepKey";

/** A new source in three steps: what it is, its key, the lines to paste until the first event has come. */
export function AddSource({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const { t } = useTranslation("sources");
  const wide = useWide();
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);
  const [kept, setKept] = useState(false);
  const step = made === null ? 1 : kept ? 3 : 2;
  const title = made === null ? t("dialog.title") : t(kept ? "dialog.pasteTitle" : "dialog.keyTitle", { name: made.name });
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      fullScreen={!wide}
      radius={wide ? "lg" : 0}
      closeOnClickOutside={step === 1}
      closeOnEscape={step !== 2}
      withCloseButton={step !== 2}
      title={<><Text component="span" fw={620} size="lg">{title}</Text><Text size="xs" c="dimmed">{t("dialog.step", { n: step })}</Text></>}
    >
      {made === null && <Describe taken={taken} onMade={setMade} />}
      {made !== null && !kept && <KeepKey name={made.name} text={made.key} onKept={() => setKept(true)} />}
      {made !== null && kept && <Connect name={made.name} text={made.key} onClose={onClose} />}
    </Modal>
  );
}
