import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconLink, IconUserCheck, IconUserCog, IconUserOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog, failed, undoable } from "../../parts";
import { ChangeRole } from "./ChangeRole";
import { useUserActs } from "./users";
import type { Invitation, User } from "./users";

/** What can be done with one user. */
export function UserMenu({ user, onInvited }: { user: User; onInvited: (invitation: Invitation) => void }) {
  const { t } = useTranslation("settings");
  const { change, link } = useUserActs();
  const [asked, setAsked] = useState<"role" | "disable" | "link" | null>(null);
  const { user_id, name } = user;
  const enable = () =>
    change.mutate({ user_id, enabled: true }, {
      onSuccess: () => undoable(t("users.enabledNow", { name }), () => change.mutateAsync({ user_id, enabled: false })),
      onError: (error) => failed(error),
    });
  const disable = async () => {
    await change.mutateAsync({ user_id, enabled: false });
    undoable(t("users.disabledNow", { name }), () => change.mutateAsync({ user_id, enabled: true }));
  };
  const invite = async () => {
    const made = await link.mutateAsync(user_id);
    onInvited({ name, ...made });
  };
  const close = () => setAsked(null);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("users.menu", { name })}><IconDots size={17} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {user.enabled && <Menu.Item leftSection={<IconLink size={15} />} onClick={() => setAsked("link")}>{t("users.link")}</Menu.Item>}
          <Menu.Item leftSection={<IconUserCog size={15} />} onClick={() => setAsked("role")}>{t("users.changeRole")}</Menu.Item>
          {user.enabled && <Menu.Item color="red" leftSection={<IconUserOff size={15} />} onClick={() => setAsked("disable")}>{t("users.disable")}</Menu.Item>}
          {!user.enabled && <Menu.Item leftSection={<IconUserCheck size={15} />} onClick={enable}>{t("users.enable")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <ChangeRole key={user.role} user={user} opened={asked === "role"} onClose={close} />
      <ConfirmDialog
        opened={asked === "disable"}
        onClose={close}
        onConfirm={disable}
        title={t("users.disableTitle", { name })}
        consequences={[t("users.disableNow"), t("users.disableLinks"), t("users.disableKept")]}
        confirm={t("users.disable")}
        danger
      />
      <ConfirmDialog
        opened={asked === "link"}
        onClose={close}
        onConfirm={invite}
        title={t("users.linkTitle", { name })}
        consequences={[t("users.linkWorks"), t("users.linkBefore"), t("users.linkSessions")]}
        confirm={t("users.link")}
      />
    </>
  );
}
