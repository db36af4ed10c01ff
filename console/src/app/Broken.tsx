import { Button, Code, Group } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { Page } from "../parts/Page";

/** A page that threw: says so, and offers the ways on. */
export function Broken() {
  const { t } = useTranslation();
  const error = useRouteError();
  const text = error instanceof Error ? error.message : String(error);
  // a chunk that is gone: a newer console was installed while this one was open
  const outdated = /dynamically imported module|module script|Unable to preload/i.test(text);
  useEffect(() => {
    if (!outdated) reportError(error);
  }, [error, outdated]);
  return (
    <div style={{ padding: "2rem" }}>
      <Page title={t("broken.title")} narrow>
        <p style={{ margin: 0 }}>{t(outdated ? "broken.update" : "broken.says")}</p>
        {!outdated && <Code block>{text}</Code>}
        <Group gap="xs">
          <Button onClick={() => window.location.reload()}>{t("broken.reload")}</Button>
          <Button variant="default" component="a" href="/console/">{t("broken.home")}</Button>
        </Group>
      </Page>
    </div>
  );
}
