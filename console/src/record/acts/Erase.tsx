import { modals } from "@mantine/modals";
import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { sendAs } from "../../api/client";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { useFormat } from "../../parts/format";
import type { GoldenRecord } from "./Acts";
import { Erasure } from "./Erasure";
import { eventsOf } from "./figures";

interface Props {
  personId: string;
  record: GoldenRecord;
  opened: boolean;
  onClose: () => void;
}

/** Forgets her for good; says first what that means, and shows afterwards that it was done. */
export function Erase({ personId, record, opened, onClose }: Props) {
  const { t } = useTranslation("acts");
  const format = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const erase = async () => {
    const { erasure_id } = await sendAs<{ erasure_id: string }>("delete", `/api/v1/persons/${encodeURIComponent(personId)}`);
    await navigate("/customers", { replace: true });
    // nothing of her stays in memory; what her page still shows while it goes is not asked for again
    const forget = () => client.removeQueries({ type: "inactive", predicate: ({ queryKey }) => String(queryKey[0]).startsWith("/api/v1/persons") });
    forget();
    void client.invalidateQueries({ predicate: ({ queryKey }) => !String(queryKey[0]).startsWith("/api/v1/persons/{person_id}") });
    // stands outside of all pages, since hers is gone
    modals.open({
      onClose: forget,
      title: <Text fw={620} size="lg">{t("erasure.title")}</Text>,
      children: <Erasure erasureId={erasure_id} dateTime={format.dateTime} />,
    });
  };
  const [identifiers, events, orders] = [record.identifiers.length, eventsOf(record), record.orders.count];
  const since = record.activity.first_seen;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      onConfirm={erase}
      title={t("erase.title")}
      consequences={[
        t("erase.identifiers", { count: identifiers, number: format.number(identifiers) }),
        since ? t("erase.eventsSince", { count: events, number: format.number(events), date: format.date(since) }) : t("erase.events", { count: events, number: format.number(events) }),
        t("erase.orders", { count: orders, number: format.number(orders) }),
        t("erase.never"),
        t("erase.backups"),
        t("erase.remains"),
      ]}
      confirm={t("erase.confirm")}
      danger
      word={t("erase.word")}
    >
      {t("erase.says")}
    </ConfirmDialog>
  );
}
