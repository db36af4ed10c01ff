import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts";
import { ShownOnce } from "../ShownOnce";
import type { Invitation } from "./users";

/** The link that a user gets, to be handed over by whatever way is safe. */
export function InvitationShown({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const until = invitation.expires_at ? t("link.until", { at: format.dateTime(invitation.expires_at) }) : t("link.day");
  return (
    <ShownOnce title={t("link.title", { name: invitation.name })} text={invitation.link} warning={t("link.once")} onClose={onClose}>
      {t("link.says")} {until}
    </ShownOnce>
  );
}
