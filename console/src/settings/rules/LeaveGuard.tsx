import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { ConfirmDialog } from "../../parts";

/** Asks before a text is left that is not in force. */
export function LeaveGuard({ dirty }: { dirty: () => boolean }) {
  const { t } = useTranslation("settings");
  const blocker = useBlocker(({ currentLocation: from, nextLocation: to }) => dirty() && (from.pathname !== to.pathname || from.search !== to.search));
  const ask = useEffectEvent((event: BeforeUnloadEvent) => {
    if (dirty()) event.preventDefault();
  });
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent) => ask(event);
    window.addEventListener("beforeunload", leaving);
    return () => window.removeEventListener("beforeunload", leaving);
  }, []);
  return (
    <ConfirmDialog
      opened={blocker.state === "blocked"}
      onClose={() => blocker.reset?.()}
      onConfirm={() => Promise.resolve(blocker.proceed?.())}
      title={t("leave.title")}
      confirm={t("leave.do")}
      danger
    >
      {t("leave.says")}
    </ConfirmDialog>
  );
}
