import { Button, VisuallyHidden } from "@mantine/core";
import { IconArrowUp, IconListSearch, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { ActionIcon } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCalled } from "../home/people";
import type { Called } from "../home/people";
import { Empty, Failed, LiveBadge, Loading, Tag, VirtualRows, When } from "../parts";
import type { Column } from "../parts";
import { useLog, useWhat } from "./data";
import type { Decision, Filter } from "./data";
import classes from "./Decisions.module.css";
import { bestOf, OUTCOME_TONE, useWords } from "./words";

interface Props {
  filter: Filter;
  /** Of one person: whom it was shown to need not stand in every row. */
  hers?: boolean;
  /** Beside the badge that says whether it is live. */
  children?: React.ReactNode;
  none: React.ReactNode;
}

/** Decisions as they come, newest first. */
export function LogList({ filter, hers, children, none }: Props) {
  const { t } = useTranslation("decisions");
  const [paused, pause] = useState(false);
  const [over, setOver] = useState(false);
  const log = useLog(filter, paused);
  const { fresh, renew, rows } = log;
  // at the top, where nobody points at a row, what is new comes by itself
  useEffect(() => {
    if (fresh > 0 && !over && !paused && window.scrollY < 40) renew();
  }); // looked at anew after each poll
  const columns = useColumns(rows, hers ?? false);
  const state = paused ? "paused" : log.away ? "reconnecting" : "live";
  return (
    <>
      <div className={classes.above}>
        {children}
        <span className={classes.live}>
          <LiveBadge state={state} />
          <ActionIcon variant="subtle" color="gray" aria-pressed={paused} aria-label={t("log.pause")} title={t(paused ? "log.goOn" : "log.pause")} onClick={() => pause(!paused)}>
            {paused ? <IconPlayerPlay size={16} stroke={1.75} /> : <IconPlayerPause size={16} stroke={1.75} />}
          </ActionIcon>
        </span>
      </div>
      {log.isPending && <Loading rows={10} height={28} />}
      {log.error && rows.length === 0 && <Failed error={log.error} retry={() => void log.refetch()} />}
      {log.data && rows.length === 0 && <Empty icon={IconListSearch} title={t("log.none")}>{none}</Empty>}
      {rows.length > 0 && (
        <div className={classes.log} onPointerEnter={(event) => event.pointerType === "mouse" && setOver(true)} onPointerLeave={() => setOver(false)}>
          {fresh > 0 && (
            <div className={classes.newer}>
              <Button size="xs" leftSection={<IconArrowUp size={14} />} onClick={() => { renew(); window.scrollTo({ top: 0 }); }}>{fresh >= 50 ? t("log.many") : t("log.fresh", { count: fresh })}</Button>
            </div>
          )}
          <VirtualRows
            label={t("log.label")}
            rows={rows}
            rowKey={(each) => each.decision_id}
            columns={columns.wide}
            card={columns.card}
            to={(each) => `/decisions/${each.decision_id}`}
            hasMore={log.hasNextPage}
            onMore={() => void log.fetchNextPage()}
            loadingMore={log.isFetchingNextPage}
            error={log.isFetchNextPageError ? log.error : undefined}
            rowHeight={52}
            cardHeight={112}
          />
        </div>
      )}
    </>
  );
}

function useColumns(rows: readonly Decision[], hers: boolean): { wide: Column<Decision>[]; card: (each: Decision) => React.ReactNode } {
  const { t } = useTranslation("decisions");
  const { called } = useWhat();
  const ids = useMemo(() => (hers ? [] : [...new Set(rows.map(({ person_id }) => person_id).filter((id) => id !== null))]), [rows, hers]);
  const people = useCalled(ids);
  const who = (each: Decision) => <Whom decision={each} called={each.person_id === null ? null : people.get(each.person_id)} />;
  const wide: Column<Decision>[] = [
    { key: "at", title: t("column.at"), width: "9.5rem", cell: (each) => <When at={each.at} /> },
    { key: "placement", title: t("column.placement"), width: "minmax(8rem, 0.8fr)", cell: (each) => called(each.placement) },
    ...(hers ? [] : [{ key: "person", title: t("column.person"), width: "minmax(8rem, 0.9fr)", cell: who }]),
    { key: "shown", title: t("column.shown"), width: "minmax(10rem, 1.6fr)", cell: (each) => <Shown decision={each} /> },
    { key: "outcome", title: t("column.outcome"), width: "7.5rem", cell: (each) => <Became decision={each} /> },
    { key: "considered", title: t("column.considered"), width: "6.5rem", align: "end", cell: (each) => <span data-figure>{each.considered}</span> },
  ];
  const card = (each: Decision) => (
    <div className={classes.card}>
      <div className={classes.cardHead}><strong>{called(each.placement)}</strong><When at={each.at} /></div>
      <Shown decision={each} />
      <div className={classes.cardFoot}>{!hers && who(each)}<Became decision={each} /></div>
    </div>
  );
  return { wide, card };
}

/** What the slots showed, in their order. */
function Shown({ decision }: { decision: Decision }) {
  const { t } = useTranslation("decisions");
  const { called } = useWhat();
  if (decision.slots.length === 0) return <span className={classes.quiet}>{t("log.nothing")}</span>;
  return <span className={classes.shown} title={decision.slots.map(({ action }) => called(action)).join(" · ")}>{decision.slots.map((slot, n) => <span key={`${n} ${slot.action}`}>{called(slot.action)}</span>)}</span>;
}

function Became({ decision }: { decision: Decision }) {
  const { t } = useTranslation("decisions");
  const words = useWords();
  const best = bestOf(decision);
  if (decision.fallback) return <Tag tone="watch" title={t("fallbackSays")}>{t("fallback")}</Tag>;
  return best === null ? <span>–</span> : <Tag tone={OUTCOME_TONE[best]}>{words.outcome(best)}</Tag>;
}

/** Her name where she is known; a device, or nobody. */
export function Whom({ decision, called }: { decision: Pick<Decision, "person_id" | "identity">; called: Called | null | undefined }) {
  const { t } = useTranslation("decisions");
  if (decision.person_id === null) return <span className={classes.quiet}>{t("nobody")}</span>;
  if (called === null) return <span className={classes.quiet}>{t("unknown")}</span>;
  return <Link to={`/customers/${decision.person_id}`} className={called === undefined ? classes.waiting : classes.link}>{called === undefined ? <VisuallyHidden>{t("somebody")}</VisuallyHidden> : called.known ? called.label : t("anonymous")}{called === undefined && "…"}</Link>;
}
