import { Button, SegmentedControl } from "@mantine/core";
import { IconArrowBackUp, IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../app/session";
import { Code, Empty, Failed, Loading, Page, When } from "../../parts";
import { BringBack } from "./BringBack";
import { historyQuery } from "./definitions";
import type { Definition, RulesSection, Version } from "./definitions";
import { Counts, Diff } from "./Diff";
import classes from "./Rules.module.css";

interface Props {
  section: RulesSection;
  name: string;
  /** Null when there is no definition of that name. */
  current: Definition | null;
}

/** Every version of a definition: what it said, what it changed, and a way back to it. */
export function History({ section, name, current }: Props) {
  const { t } = useTranslation("settings");
  const asked = useQuery(historyQuery(name));
  const versions = asked.data?.versions;
  return (
    <Page title={t("history.title", { name })} focusKey={name} above={<Link to={`/settings/${section}`}>← {t(`section.${section}`)}</Link>}>
      {asked.isError && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.isPending && <Loading rows={8} />}
      {versions?.length === 0 && <Empty icon={IconHistory} title={t("history.none")}>{t("history.noneSays", { name })}</Empty>}
      {versions && versions.length > 0 && <Versions section={section} name={name} versions={versions} current={current} />}
    </Page>
  );
}

function Versions({ section, name, versions, current }: Props & { versions: Version[] }) {
  const { t } = useTranslation("settings");
  const [chosen, setChosen] = useState<number | null>(null);
  const found = versions.findIndex(({ version }) => version === chosen);
  const index = Math.max(0, found);
  const before = (n: number) => versions[n + 1]?.body ?? "";
  return (
    <div className={classes.versions}>
      <ul className={classes.list} aria-label={t("history.versions")}>
        {versions.map((each, n) => (
          <li key={each.version}>
            <button type="button" className={classes.version} aria-current={n === index} onClick={() => setChosen(each.version)}>
              <strong>{t("rules.version", { version: each.version })}</strong>{n === 0 && ` · ${t("history.now")}`}
              <small><When at={each.applied_at} as="both" /></small>
              <small>{each.by} · <Counts before={before(n)} after={each.body} /></small>
            </button>
          </li>
        ))}
      </ul>
      <Shown key={index} section={section} name={name} version={versions[index]!} before={before(index)} current={current} />
    </div>
  );
}

type View = "change" | "now" | "text";

function Shown({ section, name, version, before, current }: { section: RulesSection; name: string; version: Version; before: string; current: Definition | null }) {
  const { t } = useTranslation("settings");
  const { may } = useSession();
  const [view, setView] = useState<View>("change");
  const [asking, setAsking] = useState(false);
  const old = current !== null && current.version !== version.version && current.body !== version.body;
  const views: View[] = old ? ["change", "now", "text"] : ["change", "text"];
  return (
    <div className={classes.shown}>
      <div className={classes.state}>
        <SegmentedControl size="xs" value={view} onChange={(value) => setView(value as View)} data={views.map((value) => ({ value, label: t(`history.view.${value}`) }))} />
        {old && may("define") && (
          <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={14} />} onClick={() => setAsking(true)}>{t("history.back", { version: version.version })}</Button>
        )}
      </div>
      {view === "change" && <Diff before={before} after={version.body} label={t("history.view.change")} />}
      {view === "now" && current && <Diff before={version.body} after={current.body} label={t("history.view.now")} />}
      {view === "text" && <Code text={version.body} language={name.endsWith(".json") ? "JSON" : "YAML"} />}
      {current && <BringBack section={section} name={name} version={version} current={current} opened={asking} onClose={() => setAsking(false)} />}
    </div>
  );
}
