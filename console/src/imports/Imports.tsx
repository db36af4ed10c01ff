import { Button, Progress } from "@mantine/core";
import { IconDatabaseImport, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page, SourceBadge, useFormat, VirtualRows, When } from "../parts";
import type { Column } from "../parts";
import classes from "./Imports.module.css";
import { useImports } from "./queries";
import type { Import } from "./queries";
import { StateTag } from "./StateTag";
import { useWho } from "./who";

/** Files that were brought in, newest first. */
export default function Imports() {
  const { t } = useTranslation("imports");
  const { may } = useSession();
  const answer = useImports();
  const start = may("import") && (
    <Button component={Link} to="/imports/new" leftSection={<IconPlus size={16} />}>{t("new.go")}</Button>
  );
  const imports = answer.data?.imports;
  return (
    <Page title={t("title")} description={t("says")} actions={imports?.length ? start : undefined}>
      {answer.isPending && <Loading rows={6} height={30} />}
      {answer.error && !imports && <Failed error={answer.error} retry={() => void answer.refetch()} />}
      {imports?.length === 0 && (
        <Empty icon={IconDatabaseImport} title={t("none.title")} action={start || undefined}>
          {may("import") ? t("none.says") : t("none.mayNot")}
        </Empty>
      )}
      {imports && imports.length > 0 && <List imports={imports} />}
    </Page>
  );
}

function List({ imports }: { imports: Import[] }) {
  const { t } = useTranslation("imports");
  const who = useWho();
  const columns: Column<Import>[] = [
    { key: "state", title: t("column.state"), width: "10.5rem", cell: (row) => <StateTag of={row} /> },
    { key: "file", title: t("column.file"), width: "minmax(10rem, 1.6fr)", cell: (row) => <span className={classes.file}>{row.file}</span> },
    { key: "source", title: t("column.source"), cell: (row) => <SourceBadge source={row.source} /> },
    { key: "result", title: t("column.result"), width: "minmax(11rem, 1.5fr)", cell: (row) => <Result of={row} /> },
    { key: "at", title: t("column.at"), width: "8.5rem", cell: (row) => <When at={row.started_at} /> },
    { key: "by", title: t("column.by"), width: "8rem", cell: (row) => who(row.by) },
  ];
  return (
    <VirtualRows
      label={t("title")}
      rows={imports}
      rowKey={(row) => row.import_id}
      columns={columns}
      to={(row) => `/imports/${row.import_id}`}
      card={(row) => (
        <div className={classes.card}>
          <div className={classes.line}><span className={classes.file}>{row.file}</span><StateTag of={row} /></div>
          <Result of={row} />
          <div className={classes.quiet}>{row.source} · <When at={row.started_at} /> · {who(row.by)}</div>
        </div>
      )}
    />
  );
}

/** What came of it, or how far it is. */
function Result({ of: { state, progress, report, error } }: { of: Import }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  if (state === "running") {
    const part = progress?.fraction ?? 0;
    return (
      <div className={classes.line}>
        <Progress value={part * 100} className={classes.bar} aria-label={t("progress.label")} />
        <span className={classes.quiet}>{format.share(part, 0)}</span>
      </div>
    );
  }
  if (!report) return <span className={classes.quiet}>{error?.message ?? "–"}</span>;
  const rejected = report.rejected.reduce((sum, each) => sum + each.events, 0);
  return (
    <span data-figure>
      {t("result.events", { count: report.events, number: format.number(report.events) })}
      {rejected > 0 && <span className={classes.quiet}> · {t("result.rejected", { count: rejected, number: format.number(rejected) })}</span>}
      {report.events === 0 && report.known > 0 && <span className={classes.quiet}> · {t("result.known", { count: report.known, number: format.number(report.known) })}</span>}
    </span>
  );
}
