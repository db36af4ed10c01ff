import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "../parts/ConfirmDialog";
import { done, failed } from "../parts/undoable";
import { ApiError } from "../api/client";
import { replay } from "./queries";
import type { Which } from "./queries";

interface Props {
  which: Which;
  /** How many that will be at most. */
  count: number;
  label: string;
  onDone?: () => void;
}

/** Sends letters through admission again; asks first when it is more than one. */
export function ReplayButton({ which, count, label, onDone }: Props) {
  const { t } = useTranslation("letters");
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [far, setFar] = useState(0);
  const go = async () => {
    setBusy(true);
    try {
      const outcome = await replay(which, setFar);
      if (outcome.left === 0) done(t("replay.done", { count: outcome.replayed }));
      else failed(new ApiError(200, "refused", outcome.why ?? "", t("replay.left", { count: outcome.left })), t("replay.done", { count: outcome.replayed }));
      if (outcome.replayed > 0) onDone?.();
    } finally {
      setBusy(false);
      await client.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/dead-letters") });
    }
  };
  const start = () => (count > 1 ? setAsking(true) : void go().catch((error: unknown) => failed(error)));
  return (
    <>
      <Button size="sm" variant={count > 1 ? "default" : "filled"} leftSection={<IconPlayerPlay size={15} />} onClick={start} loading={busy && !asking}>{label}</Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={go}
        title={t("replay.ask", { count })}
        consequences={[t("replay.consequence.once"), t("replay.consequence.stay"), t("replay.consequence.time")]}
        confirm={t("replay.do")}
      >
        {busy ? t("replay.far", { count: far }) : t("replay.says")}
      </ConfirmDialog>
    </>
  );
}
