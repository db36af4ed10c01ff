import { Alert, SegmentedControl } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReasons } from "../letters/reasons";
import { Code, Failed, Loading, Section, useFormat } from "../parts";
import { EventCard } from "./EventCard";
import classes from "./Imports.module.css";
import type { Preview } from "./queries";
import { upper } from "./words";

interface Props {
  preview: Preview | undefined;
  /** A newer one is on its way. */
  waiting: boolean;
  error: unknown;
  retry: () => void;
}

/** What the first rows become by the mapping as it stands. */
export function PreviewPane({ preview, waiting, error, retry }: Props) {
  const { t } = useTranslation("imports");
  const [way, setWay] = useState("words");
  return (
    <Section
      title={t("preview.title")}
      description={preview && !preview.problem ? t("preview.says", { count: preview.rows }) : undefined}
      aside={<SegmentedControl size="xs" value={way} onChange={setWay} data={[{ value: "words", label: t("preview.words") }, { value: "json", label: "JSON" }]} aria-label={t("preview.as")} />}
    >
      <div className={classes.preview} tabIndex={0} role="group" aria-label={t("preview.title")} data-waiting={(waiting && preview !== undefined) || undefined} aria-busy={waiting} data-testid="preview">
        {error ? <Failed error={error} retry={retry} /> : preview === undefined ? <Loading rows={7} /> : <Shown preview={preview} json={way === "json"} />}
      </div>
    </Section>
  );
}

function Shown({ preview: { problem, events, rejected, note }, json }: { preview: Preview; json: boolean }) {
  const { t } = useTranslation("imports");
  if (problem) {
    return (
      <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={t("preview.problem")}>
        {upper(problem.message.replace(/^mapping: /, ""))} {problem.cure && upper(problem.cure)}
      </Alert>
    );
  }
  return (
    <>
      {note && <p className={classes.quiet}>{note}</p>}
      {events.length === 0 && <Alert color="yellow" variant="light" icon={<IconAlertTriangle />}>{t("preview.none")}</Alert>}
      {json && events.length > 0 ? <Code text={JSON.stringify(events, null, 2)} language="JSON" maxHeight={560} /> : events.map((event, n) => <EventCard key={n} event={event as Record<string, unknown>} />)}
      {rejected.length > 0 && <Rejected rejected={rejected} />}
    </>
  );
}

function Rejected({ rejected }: { rejected: Preview["rejected"] }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const { name, cure } = useReasons();
  return (
    <div className={classes.stack}>
      <h3 className={classes.sub}>{t("preview.rejected", { count: rejected.length, number: format.number(rejected.length) })}</h3>
      {rejected.map((each, n) => (
        <div key={n} className={classes.refused}>
          <strong>{name(each.reason)}</strong>
          <span>{upper(each.detail)}</span>
          <span className={classes.quiet}>{cure(each.reason)}</span>
          <code className={classes.raw} title={each.raw}>{each.raw}</code>
        </div>
      ))}
    </div>
  );
}
