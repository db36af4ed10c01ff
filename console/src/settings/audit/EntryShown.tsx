import { Anchor, Drawer, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Code, When } from "../../parts";
import classes from "../Settings.module.css";
import { ACTS, isKnown, subjectOf } from "./acts";
import type { Entry } from "./acts";
import { ErasureProof } from "./ErasureProof";

/** One act of the log, whole. */
export function EntryShown({ entry, names, onClose }: { entry: Entry | null; names: ReadonlyMap<string, string>; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const title = entry === null ? "" : isKnown(entry.act) ? t(`act.${ACTS[entry.act]}`) : entry.act;
  return (
    <Drawer opened={entry !== null} onClose={onClose} position="right" size="md" title={<Text fw={620} size="lg">{title}</Text>}>
      {entry && <Whole entry={entry} names={names} />}
    </Drawer>
  );
}

function Whole({ entry, names }: { entry: Entry; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation("settings");
  const subject = subjectOf(entry, names);
  const details = Object.keys(entry.detail).length > 0;
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={t("audit.when")}><When at={entry.at} as="both" seconds /></Fact>
        <Fact name={t("audit.who")}>{entry.actor_name}</Fact>
        <Fact name={t("audit.of")}>{subject.to ? <Anchor component={Link} to={subject.to}>{subject.text}</Anchor> : subject.text}</Fact>
        {subject.text !== entry.subject && <Fact name={t("audit.id")}><span className={classes.mono}>{entry.subject}</span></Fact>}
        <Fact name={t("audit.number")}>{entry.audit_id}</Fact>
      </dl>
      {entry.act === "erase" && <ErasureProof erasureId={entry.subject} />}
      {details && (
        <>
          <Text size="sm" c="dimmed" mt="lg" mb={6}>{t("audit.details")}</Text>
          <Code text={JSON.stringify(entry.detail, null, 2)} language="JSON" maxHeight={360} />
        </>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
