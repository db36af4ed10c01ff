import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Section } from "../parts";
import { Awaiting } from "./Awaiting";
import type { Source } from "./data";
import type { Arrivals } from "./debugger/arrivals";
import { Snippets } from "./Snippets";

interface Props {
  source: Source;
  freshKey: string | null;
  /** Asks for a new key; null: the reader may not. */
  onNewKey: (() => void) | null;
  /** What comes, for a source that waits for its first event. */
  awaiting: Arrivals | null;
}

/** What to paste to connect a source. */
export function Paste({ source, freshKey, onNewKey, awaiting }: Props) {
  const { t } = useTranslation("sources");
  if (source.dialect === "files") {
    return (
      <Section title={t("snippet.title")}>
        {t("snippet.files")} <Anchor component={Link} to="/imports">{t("snippet.filesGo")}</Anchor>
      </Section>
    );
  }
  return (
    <Section title={t("snippet.title")}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed" flex="1 1 16rem">{t(freshKey ? "snippet.filled" : "snippet.says")}</Text>
          {!freshKey && onNewKey && <Button size="compact-sm" variant="light" onClick={onNewKey}>{t("snippet.new")}</Button>}
        </Group>
        <Snippets source={source.name} freshKey={freshKey} height={360} />
        {awaiting && <Awaiting arrivals={awaiting} />}
      </Stack>
    </Section>
  );
}
