import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Num, SourceBadge, useFormat, VirtualRows } from "../parts";
import type { Column } from "../parts";
import { Alive } from "./Alive";
import type { Source } from "./data";
import classes from "./Sources.module.css";
import { Trust } from "./Trust";

/** Every source, a row each. */
export function List({ sources }: { sources: Source[] }) {
  const { t } = useTranslation("sources");
  const columns: Column<Source>[] = [
    { key: "name", title: t("column.name"), width: "minmax(14rem, 2fr)", cell: (source) => <Name source={source} /> },
    { key: "alive", title: t("column.alive"), width: "minmax(9rem, 1.2fr)", cell: (source) => <Alive source={source} /> },
    { key: "hour", title: t("column.hour"), width: "minmax(6rem, 0.8fr)", align: "end", cell: (source) => <Num value={source.last_hour} /> },
    { key: "day", title: t("column.day"), width: "minmax(6rem, 0.8fr)", align: "end", cell: (source) => <Num value={source.last_day} /> },
    { key: "letters", title: t("column.letters"), width: "minmax(7rem, 0.8fr)", align: "end", cell: (source) => <Letters source={source} short /> },
  ];
  return (
    <VirtualRows
      label={t("list")}
      rows={sources}
      rowKey={(source) => source.name}
      to={(source) => `/sources/${source.name}`}
      columns={columns}
      card={(source) => <Card source={source} />}
      total={sources.length}
      rowHeight={48}
      cardHeight={104}
    />
  );
}

function Name({ source }: { source: Source }) {
  return (
    <span className={classes.name}>
      <Anchor component={Link} to={`/sources/${source.name}`} fw={600} c="inherit"><SourceBadge source={source.name} composed={source.composed} /></Anchor>
      <Trust trusted={source.trusted} />
    </span>
  );
}

function Card({ source }: { source: Source }) {
  const { t } = useTranslation("sources");
  const format = useFormat();
  const brought = t("brought", { hour: format.number(source.last_hour), day: format.number(source.last_day) });
  return (
    <div className={classes.card}>
      <Name source={source} />
      <Alive source={source} />
      <span className={classes.quiet}>{brought}</span>
      {source.dead_letters > 0 && <Letters source={source} />}
    </div>
  );
}

/** How many dead letters wait, as a way to them. */
export function Letters({ source, short }: { source: Source; short?: boolean }) {
  const { t } = useTranslation("sources");
  if (source.dead_letters === 0) return <span className={classes.quiet}>{t("noLetters")}</span>;
  const words = t("letters", { count: source.dead_letters });
  return (
    <Anchor component={Link} to={`/dead-letters?source=${source.name}`} c="var(--segue-wrong)" aria-label={words}>
      {short ? <Num value={source.dead_letters} /> : words}
    </Anchor>
  );
}
