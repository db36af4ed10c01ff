import { Stack, Tabs, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { Code, Failed, Loading } from "../parts";
import { useSnippets } from "./data";
import type { Snippet } from "./data";
import { filled, installOf, tabOf } from "./filled";

/** What to paste, in the language it is pasted into; `freshKey` null: a word stands in the key's place. */
export function Snippets({ source, freshKey, height }: { source: string; freshKey: string | null; height?: number }) {
  const { t } = useTranslation("sources");
  const found = useSnippets(source);
  if (found.isPending) return <Loading rows={8} />;
  if (!found.data) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const { snippets } = found.data;
  return (
    <Tabs defaultValue="0" keepMounted={false}>
      <Tabs.List aria-label={t("snippet.label")}>
        {snippets.map((snippet, n) => (
          <Tabs.Tab key={n} value={String(n)} px="sm">{snippet.language === "html" ? t("snippet.page") : tabOf(snippet)}</Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map((snippet, n) => (
        <Tabs.Panel key={n} value={String(n)} pt="sm"><One snippet={snippet} freshKey={freshKey} height={height} /></Tabs.Panel>
      ))}
    </Tabs>
  );
}

function One({ snippet, freshKey, height }: { snippet: Snippet; freshKey: string | null; height?: number }) {
  const { t } = useTranslation("sources");
  const { public_url: address } = useSession();
  const install = installOf(snippet);
  return (
    <Stack gap="xs">
      {install && <Code text={install} language={t("snippet.install")} />}
      <Code text={filled(snippet, freshKey)} language={snippet.language} maxHeight={height} />
      {snippet.language === "html" && <Text size="sm" c="dimmed">{t("snippet.app", { address })}</Text>}
    </Stack>
  );
}
