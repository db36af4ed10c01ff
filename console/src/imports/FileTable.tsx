import { Alert, Button, Table } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Section, Tag, useFormat } from "../parts";
import { FormatForm } from "./FormatForm";
import classes from "./Imports.module.css";
import type { Look } from "./queries";

interface Props {
  file: string;
  look: Look;
  onFormat: (format: Record<string, string>) => void;
  onOther: () => void;
}

const FEW = 4;

/** What is in the file: its columns and what they look like, its first rows. */
export function FileTable({ file, look, onFormat, onOther }: Props) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const [all, setAll] = useState(false);
  const rows = all ? look.rows : look.rows.slice(0, FEW);
  return (
    <Section
      title={file}
      aside={<span className={classes.line}><FormatForm format={look.format} onChange={onFormat} /><Button size="compact-sm" variant="subtle" onClick={onOther}>{t("new.other")}</Button></span>}
      flush
    >
      {look.note && <Alert className={classes.note} variant="light" color="yellow" icon={<IconInfoCircle />}>{look.note}</Alert>}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("look.rows")}>
        <Table className={classes.look}>
          <Table.Thead>
            <Table.Tr>
              {look.columns.map((column, n) => (
                <Table.Th key={n}>
                  <span className={classes.columnName}>{column.name || "–"}</span>
                  <span className={classes.columnLook}>
                    <Tag>{t(`looks.${column.looks_like}`)}</Tag>
                    {column.filled < 1 && <span className={classes.quiet}>{t("look.filled", { share: format.share(column.filled, 0) })}</span>}
                  </span>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, n) => (
              <Table.Tr key={n}>{look.columns.map((_, m) => <Table.Td key={m}>{cellText((row as unknown[])[m])}</Table.Td>)}</Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {look.rows.length > FEW && (
        <div className={classes.more}>
          <Button size="compact-sm" variant="subtle" onClick={() => setAll(!all)}>{all ? t("look.fewer") : t("look.more", { count: look.rows.length })}</Button>
        </div>
      )}
    </Section>
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
