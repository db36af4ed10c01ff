import { Table } from "@mantine/core";
import { IconCheck, IconMinus, IconShieldCheck, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../parts/Empty";
import { Hint } from "../../parts/Hint";
import { useNames } from "../../parts/names";
import { Section } from "../../parts/Section";
import { SourceBadge } from "../../parts/SourceBadge";
import { When } from "../../parts/When";
import { useRules } from "../data";
import type { GoldenRecord } from "../data";
import classes from "./Consent.module.css";
import { History } from "./History";
import { matrixOf } from "./matrix";
import type { Cell } from "./matrix";

/** What she agreed to: what holds for each purpose in each channel, and everything that was said. */
export default function Consent({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const rules = useRules();
  const { purposes, channels } = matrixOf(record.consent, rules?.purposes.purposes ?? []);
  return (
    <>
      <Section title={t("consent.title")} description={t("consent.says")} flush>
        {purposes.length === 0 ? <Empty icon={IconShieldCheck} small>{t("consent.none")}</Empty> : <Matrix purposes={purposes} channels={channels} />}
      </Section>
      <History record={record} />
    </>
  );
}

function Matrix({ purposes, channels }: ReturnType<typeof matrixOf>) {
  const { t } = useTranslation("record");
  const names = useNames();
  const purpose = usePurposeName();
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t("consent.title")}>
      <Table className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("consent.purpose")}</Table.Th>
            {channels.map((channel) => <Table.Th key={channel} ta="center">{names.channel(channel)}</Table.Th>)}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {purposes.map((row) => (
            <Table.Tr key={row.purpose}>
              <Table.Th scope="row" className={classes.purpose}>{purpose(row.purpose)}{row.basis && <small>{t("consent.basis", { basis: t(`consent.bases.${row.basis as "consent"}`) })}</small>}</Table.Th>
              {row.cells.length === 0 && <Table.Td colSpan={Math.max(1, channels.length)} className={classes.free}>{t("consent.noneNeeded")}</Table.Td>}
              {row.cells.map((cell, at) => <Table.Td key={channels[at]} ta="center"><One cell={cell} purpose={purpose(row.purpose)} channel={names.channel(channels[at] ?? "")} /></Table.Td>)}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function One({ cell, purpose, channel }: { cell: Cell; purpose: string; channel: string }) {
  const { t } = useTranslation("record");
  if (cell === "outside") return <span className={classes.outside} aria-label={t("consent.outside")}>·</span>;
  if (cell === "unsaid") return <span className={classes.unsaid} title={t("consent.unsaidSays")}><IconMinus size={16} aria-hidden /><small>{t("consent.unsaid")}</small></span>;
  const Picture = cell.state === "granted" ? IconCheck : IconX;
  const says = (
    <>
      <strong>{purpose}, {channel}: {t(`consent.${cell.state}`)}</strong>
      <div><SourceBadge source={cell.source} /> · <When at={cell.at} as="both" /></div>
    </>
  );
  return (
    <Hint says={says} plain>
      <span className={classes.cell} data-state={cell.state}><Picture size={16} stroke={2.25} aria-hidden /><small>{t(`consent.${cell.state}`)}</small></span>
    </Hint>
  );
}

/** What a purpose is called; one's own purposes by their own name. */
export function usePurposeName(): (name: string) => string {
  const { t, i18n } = useTranslation("record");
  return (name) => (i18n.exists(`consent.purposes.${name}`, { ns: "record" }) ? t(`consent.purposes.${name as "marketing"}`) : name.replaceAll("_", " "));
}
