import { Alert, Anchor, Table } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useReasons } from "../letters/reasons";
import { Section, useFormat } from "../parts";
import { Fact } from "./Fact";
import classes from "./Imports.module.css";
import type { Import } from "./queries";
import { upper } from "./words";

/** What came of an import that runs no more. */
export function Outcome({ of: found }: { of: Import }) {
  return (
    <>
      <Trouble of={found} />
      <Figures of={found} />
      {found.report && found.report.rejected.length > 0 && <Rejected of={found} />}
    </>
  );
}

/** Why it ended before its end, and what to do; nothing where all went well. */
function Trouble({ of: { state, error, report, progress } }: { of: Import }) {
  const { t } = useTranslation("imports");
  if (state === "interrupted" || state === "cancelled") {
    return (
      <Alert color={state === "interrupted" ? "yellow" : "gray"} variant="light" icon={<IconInfoCircle />} title={t(`ended.${state}`)}>
        {t("ended.again")}{progress && progress.events === 0 ? ` ${t("ended.nothing")}` : ""}
      </Alert>
    );
  }
  const told = error ?? (report?.trouble ? { message: report.trouble, cure: report.cure } : null);
  if (told === null) return null;
  return (
    <Alert color={state === "failed" ? "red" : "yellow"} variant="light" icon={<IconAlertTriangle />} title={t(state === "failed" ? "ended.failed" : "ended.short")}>
      {upper(told.message)} {told.cure && upper(told.cure)}
    </Alert>
  );
}

function Figures({ of: { report, progress } }: { of: Import }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  if (!report) {
    if (!progress) return null;
    return (
      <Section title={t("figures.until")}>
        <dl className={classes.facts}>
          <Fact name={t("fact.rows")}>{format.number(progress.rows)}</Fact>
          <Fact name={t("fact.events")}>{format.number(progress.events)}</Fact>
          <Fact name={t("fact.rejected")}>{format.number(progress.rejected)}</Fact>
        </dl>
      </Section>
    );
  }
  const rejected = report.rejected.reduce((sum, each) => sum + each.events, 0);
  return (
    <Section title={t("figures.title")} aside={report.events + report.known > 0 && <Anchor component={Link} inherit to="/customers">{t("figures.customers")}</Anchor>}>
      <dl className={classes.facts}>
        <Fact name={t("fact.rows")} says={t("fact.rowsSays")}>{format.number(report.rows)}</Fact>
        <Fact name={t("fact.new")} says={t("fact.newSays")}>{format.number(report.events)}</Fact>
        <Fact name={t("fact.known")} says={t("fact.knownSays")}>{format.number(report.known)}</Fact>
        <Fact name={t("fact.rejected")} says={rejected > 0 ? t("fact.rejectedSays") : t("fact.rejectedNone")}>{format.number(rejected)}</Fact>
        <Fact name={t("fact.took")}>{format.duration(report.seconds)}</Fact>
      </dl>
    </Section>
  );
}

function Rejected({ of: { report, source } }: { of: Import }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const { name, cure } = useReasons();
  return (
    <Section title={t("rejected.title")} description={t("rejected.says")} flush>
      <div className={classes.scroll}>
        <Table>
          <Table.Thead>
            <Table.Tr><Table.Th>{t("rejected.reason")}</Table.Th><Table.Th>{t("rejected.example")}</Table.Th><Table.Th className={classes.end}>{t("rejected.events")}</Table.Th><Table.Th /></Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report?.rejected.map((each) => (
              <Table.Tr key={each.reason}>
                <Table.Td><strong>{name(each.reason)}</strong><div className={classes.quiet}>{cure(each.reason)}</div></Table.Td>
                <Table.Td>{upper(each.example)}</Table.Td>
                <Table.Td className={classes.end}>{format.number(each.events)}</Table.Td>
                <Table.Td><Anchor component={Link} inherit to={`/dead-letters?reason=${encodeURIComponent(each.reason)}&source=${encodeURIComponent(source)}`} className={classes.nowrap}>{t("rejected.open")}</Anchor></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}
