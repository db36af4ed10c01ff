import { Button, Code, Group } from "@mantine/core";
import { useEffect, useState } from "react";
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
  const [stuck, setStuck] = useState(false);
  useEffect(() => {
    // loading the page again by itself cures it, unless it did not just now
    if (!outdated) return;
    if (mayReload()) window.location.reload();
    else setStuck(true);
  }, [outdated]);
  if (outdated && !stuck) return null;
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

const RELOADED = "segue-reloaded";
const ONCE_IN = 30_000;

/** Whether to load the page again by itself: that cures an outdated console. Once; a second time would be a loop. */
function mayReload(): boolean {
  try {
    const before = Number(sessionStorage.getItem(RELOADED) ?? 0);
    sessionStorage.setItem(RELOADED, String(Date.now()));
    return Date.now() - before > ONCE_IN;
  } catch {
    return false;
  }
}
