import { Table } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Answer } from "../api/client";
import { useSession } from "../app/session";
import { Composed, Empty, Num, Section, When } from "../parts";
import { useNow } from "../parts/now";
import { rowsOf } from "./alive";
import type { Row } from "./alive";
import { useSources } from "./data";
import type { Coming } from "./data";
import classes from "./Home.module.css";

/** Where events come from, and whether they still do. */
export function SourcesAlive({ overview, coming }: { overview: Answer<"/api/v1/overview">; coming: Coming }) {
  const { t } = useTranslation("home");
  const { may } = useSession();
  const sources = useSources();
  const now = useNow();
  const rows = useMemo(() => rowsOf(overview, sources.data?.sources ?? null, coming.lately, now), [overview, sources.data, coming.lately, now]);
  return (
    <Section title={t("sources.title")} flush aside={may("sources") && <Link to="/sources" className={classes.all}>{t("sources.all")}</Link>}>
      {rows.length === 0 ? (
        <Empty icon={IconPlugConnected} small>{t("sources.none")}</Empty>
      ) : (
        <div className={classes.sources} tabIndex={0} role="region" aria-label={t("sources.title")}>
          <Table horizontalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("sources.source")}</Table.Th>
                <Table.Th>{t("sources.last")}</Table.Th>
                <Table.Th ta="end">{t("sources.hour")}</Table.Th>
                <Table.Th ta="end">{t("sources.day")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{rows.map((row) => <Line key={row.name} row={row} />)}</Table.Tbody>
          </Table>
        </div>
      )}
    </Section>
  );
}

function Line({ row: { name, life, lastAt, lastHour, lastDay } }: { row: Row }) {
  const { t } = useTranslation("home");
  const { may, composed_sources } = useSession();
  return (
    <Table.Tr>
      <Table.Td>
        <span className={classes.source}>
          <span className={classes.life} data-life={life} role="img" aria-label={t(`sources.life.${life}`)} title={t(`sources.life.${life}`)} />
          <span className={classes.sourceName}>{may("sources") ? <Link to={`/sources/${name}`}>{name}</Link> : name}</span>
          {composed_sources.includes(name) && <Composed />}
        </span>
      </Table.Td>
      <Table.Td className={classes.last}>{life === "off" || life === "never" ? t(`sources.life.${life}`) : <When at={lastAt} />}</Table.Td>
      <Table.Td ta="end"><Num value={lastHour} /></Table.Td>
      <Table.Td ta="end"><Num value={lastDay} /></Table.Td>
    </Table.Tr>
  );
}
