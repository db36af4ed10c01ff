import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "../../app/session";
import { Failed, undoable } from "../../parts";
import { USER_ROLES } from "../access";
import { RoleChoice } from "../RoleChoice";
import { useUserActs } from "./users";
import type { User } from "./users";

/** Another role for a user, with what follows from it. */
export function ChangeRole({ user, opened, onClose }: { user: User; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const { change } = useUserActs();
  const before = user.role as Role;
  const [role, setRole] = useState<Role>(before);
  const { user_id, name } = user;
  const save = () =>
    change.mutate({ user_id, role }, {
      onSuccess: () => {
        onClose();
        undoable(t("users.roleNow", { name, role: t(`role.${role}`) }), () => change.mutateAsync({ user_id, role: before }));
      },
    });
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={620} size="lg">{t("users.roleTitle", { name })}</Text>}>
      <Stack gap="md">
        <RoleChoice label={t("users.role")} roles={USER_ROLES} value={role} onChange={setRole} of="users" />
        <Text size="sm" c="dimmed">{t("users.roleEnds")}</Text>
        {change.isError && <Failed error={change.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={change.isPending}>{t("edit.cancel")}</Button>
          <Button onClick={save} loading={change.isPending} disabled={role === before}>{t("users.changeRole")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
