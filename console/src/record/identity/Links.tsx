import { Table, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "../../parts/Section";
import { SourceBadge } from "../../parts/SourceBadge";
import { Tag } from "../../parts/Tag";
import { TierBadge } from "../../parts/TierBadge";
import { When } from "../../parts/When";
import { End } from "./called";
import type { IdentityView, Link } from "./graph";
import classes from "./Identity.module.css";
import { useReasons } from "./reasons";

const AT_FIRST = 25;

/** The picture as a table, for who reads rather than looks. */
export function Links({ view, chosen, onLink }: { view: IdentityView; chosen: string | null; onLink: (id: string) => void }) {
  const { t } = useTranslation("identity");
  const [all, setAll] = useState(false);
  const links = all ? view.links : view.links.slice(0, AT_FIRST);
  return (
    <Section title={t("links.title")} description={t("links.says")} flush>
      <div className={classes.scroll}>
        <Table className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("links.between")}</Table.Th>
              <Table.Th>{t("links.tier")}</Table.Th>
              <Table.Th>{t("links.since")}</Table.Th>
              <Table.Th>{t("links.source")}</Table.Th>
              <Table.Th>{t("links.proof")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {links.map((link) => <Row key={link.link_id} link={link} view={view} chosen={link.link_id === chosen} onLink={onLink} />)}
          </Table.Tbody>
        </Table>
      </div>
      {view.links.length > links.length && (
        <UnstyledButton className={classes.more} onClick={() => setAll(true)}>{t("links.more", { count: view.links.length - links.length })}</UnstyledButton>
      )}
    </Section>
  );
}

function Row({ link, view, chosen, onLink }: { link: Link; view: IdentityView; chosen: boolean; onLink: (id: string) => void }) {
  const { t } = useTranslation("identity");
  const reasons = useReasons();
  const source = (link.proof as { source?: unknown }).source;
  return (
    <Table.Tr data-chosen={chosen || undefined}>
      <Table.Td><span className={classes.pair}><End view={view} id={link.between[0]} /><End view={view} id={link.between[1]} /></span></Table.Td>
      <Table.Td>{link.active ? <TierBadge tier={link.tier} /> : <Tag tone="wrong" title={reasons(link.reason)}>{t("picture.out")}</Tag>}</Table.Td>
      <Table.Td><When at={link.first_proof_at} as="date" /></Table.Td>
      <Table.Td>{typeof source === "string" && source ? <SourceBadge source={source} /> : "–"}</Table.Td>
      <Table.Td><UnstyledButton className={classes.open} aria-expanded={chosen} onClick={() => onLink(link.link_id)}>{t("links.show")}</UnstyledButton></Table.Td>
    </Table.Tr>
  );
}
