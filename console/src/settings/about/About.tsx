import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import type { Answer } from "../../api/client";
import { useSession } from "../../app/session";
import { Copy, Failed, Loading, Num, Page, Section, useFormat } from "../../parts";
import classes from "../Settings.module.css";

const DOORS = [["reference", "/api/docs"], ["openapi", "/api/openapi.json"], ["metrics", "/metrics"], ["health", "/health/ready"]] as const;

/** What runs here, how it does, and where one reads on. */
export function About() {
  const { t } = useTranslation("settings");
  const { version, public_url, currency, demo, may } = useSession();
  const format = useFormat();
  return (
    <Page title={t("section.about")}>
      <Section title={t("about.installation")}>
        <dl className={classes.facts}>
          <dt>{t("about.version")}</dt>
          <dd>Segue {version}{demo && ` · ${t("about.demo")}`}</dd>
          <dt>{t("about.address")}</dt>
          <dd className={classes.line}>{public_url} <Copy value={public_url} what={t("about.address")} /></dd>
          <dt>{t("about.zone")}</dt>
          <dd>{format.timeZone}, {format.time(new Date())}</dd>
          <dt>{t("about.currency")}</dt>
          <dd>{currency ?? t("about.noCurrency")}</dd>
          <dt>{t("about.data")}</dt>
          <dd>{t("about.dataSays")}</dd>
        </dl>
      </Section>
      {may("status") && <Figures />}
      <Section title={t("about.read")}>
        <ul className={classes.list}>
          {DOORS.map(([name, path]) => (
            <li key={name}><Anchor underline="always" href={path} target="_blank" rel="noopener">{t(`about.door.${name}`)}</Anchor> <span className={classes.mono}>{path}</span></li>
          ))}
        </ul>
        <p className={classes.quiet}>{t("about.docs")}</p>
      </Section>
    </Page>
  );
}

function Figures() {
  const { t } = useTranslation("settings");
  const asked = useQuery({ ...get("/api/v1/status"), refetchInterval: 10_000 });
  return (
    <Section title={t("about.figures")} description={t("about.figuresSays")}>
      {asked.isPending && <Loading rows={6} />}
      {asked.isError && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data && <Status status={asked.data} />}
    </Section>
  );
}

function Status({ status }: { status: Answer<"/api/v1/status"> }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const waiting = Math.max(0, status.log_offset - status.processed_offset);
  const unarchived = Math.max(0, status.log_offset - status.archived_offset);
  return (
    <dl className={classes.facts}>
      <dt>{t("about.events")}</dt>
      <dd><Num value={status.log_offset} /></dd>
      <dt>{t("about.waiting")}</dt>
      <dd><Num value={waiting} />{waiting > 0 && `, ${t("about.oldest", { age: format.duration(status.lag_seconds) })}`}</dd>
      <dt>{t("about.unarchived")}</dt>
      <dd><Num value={unarchived} /></dd>
      <dt>{t("about.persons")}</dt>
      <dd><Num value={status.persons} /></dd>
      <dt>{t("about.fragments")}</dt>
      <dd><Num value={status.fragments} /></dd>
      <dt>{t("about.letters")}</dt>
      <dd><Num value={status.dead_letters} /></dd>
    </dl>
  );
}
