import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "../../app/session";
import { Failed } from "../../parts";
import { USER_ROLES } from "../access";
import { RoleChoice } from "../RoleChoice";
import { useUserActs } from "./users";
import type { Invitation } from "./users";

interface Props {
  opened: boolean;
  onClose: () => void;
  onInvited: (invitation: Invitation) => void;
}

/** A new user: her name and what she may do. Answers with the link to hand over. */
export function AddUser({ opened, onClose, onInvited }: Props) {
  const { t } = useTranslation("settings");
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={620} size="lg">{t("users.add")}</Text>}>
      <Form onClose={onClose} onInvited={onInvited} />
    </Modal>
  );
}

function Form({ onClose, onInvited }: Omit<Props, "opened">) {
  const { t } = useTranslation("settings");
  const { add } = useUserActs();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("marketer");
  const save = () =>
    add.mutate({ name: name.trim(), role }, {
      onSuccess: ({ user, link }) => {
        onClose();
        onInvited({ name: user.name, link, expires_at: null });
      },
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() && !add.isPending) save();
      }}
    >
      <Stack gap="md">
        <TextInput data-autofocus label={t("users.name")} description={t("users.nameSays")} placeholder="ann@shop.example" maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        <RoleChoice label={t("users.role")} roles={USER_ROLES} value={role} onChange={setRole} of="users" />
        {add.isError && <Failed error={add.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={add.isPending}>{t("edit.cancel")}</Button>
          <Button type="submit" loading={add.isPending} disabled={!name.trim()}>{t("users.invite")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
