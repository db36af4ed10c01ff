import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog, done, failed, undoable } from "../parts";
import { switchSource, useChange } from "./data";
import type { Source } from "./data";

/** Switches a source off, after saying what that does, or on again. */
export function Switch({ source: { name, enabled } }: { source: Source }) {
  const { t } = useTranslation("sources");
  const [asking, setAsking] = useState(false);
  const change = useChange(switchSource);
  const off = async () => {
    await change.mutateAsync({ name, enabled: false });
    undoable(t("switch.offDone", { name }), () => change.mutateAsync({ name, enabled: true }));
  };
  const on = () => change.mutate({ name, enabled: true }, { onSuccess: () => done(t("switch.onDone", { name })), onError: (error) => failed(error) });
  if (!enabled) return <Button size="xs" loading={change.isPending} onClick={on}>{t("switch.on")}</Button>;
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>{t("switch.off")}</Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={off}
        title={t("switch.offTitle", { name })}
        consequences={[t("switch.offNow"), t("switch.offLost"), t("switch.offStays")]}
        confirm={t("switch.off")}
        danger
      />
    </>
  );
}
