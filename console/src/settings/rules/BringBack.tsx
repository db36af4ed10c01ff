import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ConfirmDialog, undoable } from "../../parts";
import { useApply } from "./definitions";
import type { Definition, RulesSection, Version } from "./definitions";
import { Diff } from "./Diff";

interface Props {
  section: RulesSection;
  name: string;
  version: Version;
  current: Definition;
  opened: boolean;
  onClose: () => void;
}

/** Puts an earlier text in force again, as a new version. */
export function BringBack({ section, name, version, current, opened, onClose }: Props) {
  const { t } = useTranslation("settings");
  const apply = useApply();
  const bring = async () => {
    await apply.mutateAsync({ name, body: version.body, expected: current.version });
    const undo = { name, body: current.body, expected: current.version + 1 };
    undoable(t("back.done", { version: version.version }), () => apply.mutateAsync(undo));
  };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      onConfirm={bring}
      title={t("back.title", { version: version.version })}
      confirm={t("back.do")}
      consequences={[t("back.new", { version: current.version + 1 }), t(`rules.${section}.then`), t(`rules.${section}.before`)]}
    >
      <Stack gap="xs">
        <Text size="sm" c="dimmed">{t("review.diff")}</Text>
        <Diff before={current.body} after={version.body} label={t("review.diff")} />
      </Stack>
    </ConfirmDialog>
  );
}
