import { useTranslation } from "react-i18next";
import { send } from "../../api/client";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { useFormat } from "../../parts/format";
import { done } from "../../parts/undoable";
import type { GoldenRecord } from "./Acts";
import { eventsOf } from "./figures";

interface Props {
  personId: string;
  record: GoldenRecord;
  opened: boolean;
  onClose: () => void;
}

/** Everything that is kept about her, as a file. */
export function Export({ personId, record, opened, onClose }: Props) {
  const { t } = useTranslation("acts");
  const format = useFormat();
  const take = async () => {
    const told = await send("get", "/api/v1/persons/{person_id}/export", { params: { path: { person_id: personId } } });
    download(`segue-${personId}-${told.exported_at.slice(0, 10)}.json`, JSON.stringify(told, null, 2));
    done(t("export.done", { count: told.events.length, number: format.number(told.events.length) }));
  };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      onConfirm={take}
      title={t("export.title")}
      consequences={[
        t("export.record", { count: record.identifiers.length, number: format.number(record.identifiers.length) }),
        t("export.events", { count: eventsOf(record), number: format.number(eventsOf(record)) }),
        t("export.letters"),
        t("export.audit"),
      ]}
      confirm={t("export.confirm")}
    >
      {t("export.says")}
    </ConfirmDialog>
  );
}

function download(name: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
