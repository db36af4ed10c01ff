import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failed } from "../../parts";
import { Counts, Diff } from "./Diff";

interface Props {
  title: string;
  before: string;
  after: string;
  /** What follows, one line each. */
  consequences: readonly string[];
  opened: boolean;
  onClose: () => void;
  /** Puts it in force; rejects with what went wrong. */
  onApply: () => Promise<void>;
}

/** The last look before a text is put in force: what differs from what holds now, and what follows from it. */
export function Review({ title, before, after, consequences, opened, onClose, onApply }: Props) {
  const { t } = useTranslation("settings");
  const apply = useMutation({ mutationFn: onApply });
  return (
    <Modal opened={opened} onClose={onClose} size="xl" title={<Text fw={620} size="lg">{title}</Text>}>
      <Stack gap="md">
        <Diff before={before} after={after} label={t("review.diff")} />
        <div>
          <Text size="sm" c="dimmed" mb={4}>{t("review.happens")}</Text>
          <List spacing={4}>{consequences.map((each) => <List.Item key={each}>{each}</List.Item>)}</List>
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
