import { Alert, Button, Group, Stack } from "@mantine/core";
import { IconGitMerge } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { When } from "../../parts";
import type { Definition } from "./definitions";
import { Diff } from "./Diff";
import type { Base } from "./useDraft";

interface Props {
  name: string;
  base: Base;
  theirs: Definition;
  onSettle: (way: "merge" | "keep" | "take") => void;
}

/** Somebody put another version in force while this one was being written: what she changed, and the ways on. */
export function Conflict({ name, base, theirs, onSettle }: Props) {
  const { t } = useTranslation("settings");
  return (
    <Alert color="yellow" icon={<IconGitMerge size={18} />} title={t("conflict.title", { name, version: theirs.version })}>
      <Stack gap="sm">
        <div>{t("conflict.says", { by: theirs.by ?? "–" })} (<When at={theirs.applied_at} />)</div>
        <Diff before={base.body} after={theirs.body} label={t("conflict.diff")} />
        <Group gap="xs">
          <Button size="xs" onClick={() => onSettle("merge")}>{t("conflict.merge")}</Button>
          <Button size="xs" variant="default" onClick={() => onSettle("keep")}>{t("conflict.keep")}</Button>
          <Button size="xs" variant="default" onClick={() => onSettle("take")}>{t("conflict.take")}</Button>
        </Group>
      </Stack>
    </Alert>
  );
}
