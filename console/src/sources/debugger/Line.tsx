import { IconAlertTriangle, IconCheck, IconChevronRight } from "@tabler/icons-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Tag, When } from "../../parts";
import classes from "./Debugger.module.css";
import { Detail } from "./Detail";
import { useReasons } from "./marks";
import { callOf } from "./rows";
import type { Row } from "./rows";

/** One row: when, what, and what became of it; opened, all of it. */
export function Line({ row, open, onToggle }: { row: Row; open: boolean; onToggle: () => void }) {
  const { t } = useTranslation("sources");
  const id = useId();
  const { call, event } = callOf(row);
  return (
    <li className={classes.item} data-open={open || undefined} data-refused={row.letter ? true : undefined}>
      <button type="button" className={classes.row} aria-expanded={open} aria-controls={open ? id : undefined} onClick={onToggle}>
        <IconChevronRight className={classes.chevron} size={15} aria-hidden />
        <span className={classes.time}><When at={row.at} as="time" seconds /></span>
        <span className={classes.call}>{call ?? t("debug.unreadable")}</span>
        <span className={classes.event}>{event ?? "–"}</span>
        <span className={classes.became}><Became row={row} /></span>
      </button>
      {open && <div id={id} className={classes.detail}><Detail row={row} /></div>}
    </li>
  );
}

function Became({ row }: { row: Row }) {
  const { t } = useTranslation("sources");
  const reasons = useReasons();
  if (row.letter) return <Tag tone="wrong" icon={IconAlertTriangle}>{t("debug.isRefused", { reason: reasons(row.letter.reason).reason })}</Tag>;
  const { person_id: person, marks } = row.event;
  return (
    <>
      <Tag tone={person ? "ok" : "quiet"} icon={IconCheck}>{t("debug.admitted")}</Tag>
      <span className={classes.who}>{person ? t("debug.person", { id: person.slice(0, 8) }) : t("debug.noPerson")}</span>
      {marks.length > 0 && <Tag tone="watch">{t("debug.marks", { count: marks.length })}</Tag>}
    </>
  );
}
