import { Autocomplete, Button, Group, Modal, Select, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import { Failed } from "../../parts";
import { KEY_ROLES } from "../access";
import type { KeyRole } from "../access";
import { RoleChoice } from "../RoleChoice";
import { useKeyActs } from "./keys";

const LIFETIMES = [7, 30, 90, 365];

interface Props {
  opened: boolean;
  onClose: () => void;
  onMade: (key: string) => void;
}

/** A new key: what it may do and, when it sends events, for which source. */
export function NewKey({ opened, onClose, onMade }: Props) {
  const { t } = useTranslation("settings");
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={620} size="lg">{t("keys.add")}</Text>}>
      <Form onClose={onClose} onMade={onMade} />
    </Modal>
  );
}

function Form({ onClose, onMade }: Omit<Props, "opened">) {
  const { t } = useTranslation("settings");
  const { make } = useKeyActs();
  const [role, setRole] = useState<KeyRole>("ingest");
  const [source, setSource] = useState("");
  const [trusted, setTrusted] = useState(false);
  const [days, last] = useState<string | null>(null);
  const sources = useQuery(get("/api/v1/sources")).data?.sources ?? [];
  const sends = role === "ingest";
  const known = sources.find(({ name }) => name === source.trim());
  const ready = !sends || source.trim() !== "";
  const lifetime = days === null ? {} : { expires: `${days}d` };
  const save = () =>
    make.mutate(sends ? { role, source: source.trim(), trusted: known?.trusted ?? trusted, ...lifetime } : { role, trusted: false, ...lifetime }, {
      onSuccess: ({ key }) => {
        onClose();
        onMade(key);
      },
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !make.isPending) save();
      }}
    >
      <Stack gap="md">
        <RoleChoice label={t("keys.may")} roles={KEY_ROLES} value={role} onChange={setRole} of="keys" />
        {sends && (
          <>
            <Autocomplete label={t("keys.source")} description={t("keys.sourceSays")} placeholder="web" data={sources.map(({ name }) => name)} value={source} onChange={setSource} maxLength={100} autoComplete="off" />
            <Switch label={t("keys.trusted")} description={known ? t("keys.trustedFixed", { source: known.name }) : t("keys.trustedSays")} checked={known?.trusted ?? trusted} disabled={known !== undefined} onChange={(event) => setTrusted(event.currentTarget.checked)} />
          </>
        )}
        <Select label={t("keys.lasts")} description={t("keys.lastsSays")} placeholder={t("keys.forever")} clearable data={LIFETIMES.map((each) => ({ value: String(each), label: t("keys.days", { count: each }) }))} value={days} onChange={last} />
        {make.isError && <Failed error={make.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={make.isPending}>{t("edit.cancel")}</Button>
          <Button type="submit" loading={make.isPending} disabled={!ready}>{t("keys.make")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
