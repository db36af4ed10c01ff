import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failed } from "../../parts";
import type { RulesSection } from "./definitions";
import { Counts, Diff } from "./Diff";

interface Props {
  section: RulesSection;
  name: string;
  before: string;
  after: string;
  opened: boolean;
  onClose: () => void;
  /** Puts it in force; rejects with what went wrong. */
  onApply: () => Promise<void>;
}

/** The last look: what differs from what holds now, and what follows from it. */
export function Review({ section, name, before, after, opened, onClose, onApply }: Props) {
  const { t } = useTranslation("settings");
  const apply = useMutation({ mutationFn: onApply });
  return (
    <Modal opened={opened} onClose={onClose} size="xl" title={<Text fw={620} size="lg">{t("review.title", { name })}</Text>}>
      <Stack gap="md">
        <Diff before={before} after={after} label={t("review.diff")} />
        <div>
          <Text size="sm" c="dimmed" mb={4}>{t("review.happens")}</Text>
          <Consequences section={section} />
        </div>
        {apply.isError && <Failed error={apply.error} />}
        <Group justify="space-between" gap="xs">
          <Counts before={before} after={after} />
          <Group gap="xs">
            <Button variant="default" onClick={onClose} disabled={apply.isPending}>{t("review.back")}</Button>
            <Button data-autofocus onClick={() => apply.mutate()} loading={apply.isPending}>{t("review.do")}</Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

/** What follows from other rules, one line each. */
export function Consequences({ section }: { section: RulesSection }) {
  const { t } = useTranslation("settings");
  return (
    <List spacing={4}>
      <List.Item>{t(`rules.${section}.then`)}</List.Item>
      <List.Item>{t(`rules.${section}.before`)}</List.Item>
      <List.Item>{t("rules.kept")}</List.Item>
    </List>
  );
}
