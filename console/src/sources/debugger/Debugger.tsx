import { Anchor, Button, SegmentedControl, TextInput } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failed, LiveBadge, Loading, Section } from "../../parts";
import { Help } from "../Help";
import type { Arrivals } from "./arrivals";
import classes from "./Debugger.module.css";
import { Line } from "./Line";
import { chosen, KEPT } from "./rows";
import type { Row, Show } from "./rows";
import { Nothing } from "./Nothing";

/** What comes from a source, as it comes. Nothing moves while somebody reads: what comes meanwhile waits. */
export function Debugger({ arrivals, freshKey }: { arrivals: Arrivals; freshKey: string | null }) {
  const { t } = useTranslation("sources");
  const [show, setShow] = useState<Show>("all");
  const [words, setWords] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const { rows, fresh, held, hold, release } = useHeld(arrivals.rows);
  const sought = useDeferredValue(words);
  const shown = useMemo(() => chosen(rows, show, sought), [rows, show, sought]);
  const clear = () => {
    setShow("all");
    setWords("");
  };
  const goOn = () => {
    setOpen(null);
    release();
  };
  const toggle = (key: string) => {
    setOpen(open === key ? null : key);
    if (open !== key) hold();
  };
  return (
    <Section title={t("debug.title")} description={t("debug.says")} aside={<LiveBadge state={held ? "paused" : arrivals.state} />} flush>
      <div className={classes.tools}>
        <SegmentedControl
          size="xs"
          aria-label={t("debug.filter")}
          value={show}
          onChange={(value) => setShow(value as Show)}
          data={(["all", "refused", "marked"] as const).map((value) => ({ value, label: t(`debug.${value}`) }))}
        />
        <TextInput
          size="xs"
          type="search"
          className={classes.search}
          aria-label={t("debug.search")}
          placeholder={t("debug.search")}
          leftSection={<IconSearch size={14} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Button size="xs" variant="default" className={classes.pause} leftSection={held ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />} onClick={held ? goOn : hold}>
          {t(held ? "debug.resume" : "debug.pause")}
        </Button>
      </div>
      <div className={classes.pane} tabIndex={-1}>
        {held && fresh > 0 && <button type="button" className={classes.fresh} onClick={goOn}>{t("debug.fresh", { count: fresh })}</button>}
        {arrivals.pending && <div className={classes.pad}><Loading rows={6} height={18} /></div>}
        {arrivals.error !== null && rows.length === 0 && <div className={classes.pad}><Failed error={arrivals.error} retry={arrivals.retry} /></div>}
        {!arrivals.pending && arrivals.error === null && rows.length === 0 && <Nothing freshKey={freshKey} />}
        {rows.length > 0 && shown.length === 0 && (
          <p className={classes.nothing}>{t("debug.nothing")} <Anchor component="button" type="button" onClick={clear}>{t("debug.clear")}</Anchor></p>
        )}
        {shown.length > 0 && (
          <ol className={classes.list} aria-label={t("debug.list")}>
            {shown.map((row) => <Line key={row.key} row={row} open={open === row.key} onToggle={() => toggle(row.key)} />)}
          </ol>
        )}
      </div>
      <div className={classes.foot}>
        {rows.length >= KEPT && <span>{t("debug.keeps", { count: KEPT })}</span>}
        {arrivals.leftOut > 0 && <span>{t("debug.leftOut", { count: arrivals.leftOut })}</span>}
      </div>
      <div className={classes.help}><Help /></div>
    </Section>
  );
}

/** The rows as they stood when they were held, with what became of them since; and how many came since. */
function useHeld(rows: Row[]) {
  const [held, setHeld] = useState<Row[] | null>(null);
  const now = useMemo(() => {
    if (held === null) return { rows, fresh: 0 };
    const latest = new Map(rows.map((row) => [row.key, row]));
    const before = new Set(held.map((row) => row.key));
    return { rows: held.map((row) => latest.get(row.key) ?? row), fresh: rows.filter((row) => !before.has(row.key)).length };
  }, [rows, held]);
  return { ...now, held: held !== null, hold: () => setHeld((already) => already ?? rows), release: () => setHeld(null) };
}
