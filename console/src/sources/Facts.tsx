import { useTranslation } from "react-i18next";
import { Num, When } from "../parts";
import { Alive } from "./Alive";
import type { Source } from "./data";
import { Letters } from "./List";
import classes from "./Sources.module.css";

/** What a source brings, in figures. */
export function Facts({ source }: { source: Source }) {
  const { t, i18n } = useTranslation("sources");
  const dialect = `page.dialects.${source.dialect}`;
  return (
    <dl className={classes.facts} aria-label={t("page.facts")}>
      <div><dt>{t("page.last")}</dt><dd><Alive source={source} /></dd></div>
      <div><dt>{t("page.hour")}</dt><dd>{t("events", { count: source.last_hour })}</dd></div>
      <div><dt>{t("page.day")}</dt><dd>{t("events", { count: source.last_day })}</dd></div>
      <div><dt>{t("page.letters")}</dt><dd>{source.dead_letters === 0 ? <Num value={0} /> : <Letters source={source} short />}</dd></div>
      <div><dt>{t("page.since")}</dt><dd><When at={source.created_at} as="date" /></dd></div>
      <div><dt>{t("page.dialect")}</dt><dd>{i18n.exists(dialect, { ns: "sources" }) ? t(dialect as "page.dialects.files") : source.dialect}</dd></div>
    </dl>
  );
}
