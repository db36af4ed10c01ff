import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Answer } from "../api/client";
import { useSession } from "../app/session";
import { Hint, useFormat, When } from "../parts";
import type { Tick } from "./data";
import { useReasons } from "../letters/reasons";
import classes from "./Home.module.css";

type Overview = Answer<"/api/v1/overview">;

interface TileProps {
  label: string;
  explain: string;
  value: string;
  /** Where the figure is opened up. */
  to?: string | false;
  tone?: "watch" | "wrong";
  /** How old the figure is. */
  age: ReactNode;
  children?: ReactNode;
}

function Tile({ label, explain, value, to, tone, age, children }: TileProps) {
  return (
    <li className={classes.tile} data-tone={tone}>
      <div className={classes.label}><Hint says={explain}>{label}</Hint></div>
      <div className={classes.value} data-figure>{to ? <Link to={to} aria-label={`${label}: ${value}`}>{value}</Link> : value}</div>
      <div className={classes.says}>{children}</div>
      <div className={classes.age}>{age}</div>
    </li>
  );
}

/** The row of figures: who, how well known, how fresh, how much, and what was refused. */
export function KeyFigures({ overview, tick }: { overview: Overview; tick: Tick | null }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const { persons, match, at } = overview;
  const counted = <>{t("figure.counted")} <When at={at} /></>;
  return (
    <ul className={classes.tiles} aria-label={t("figure.label")}>
      <Tile label={t("figure.persons.label")} explain={t("figure.persons.explain")} value={format.number(persons.total)} to="/customers" age={counted}>
        {t("figure.persons.says", { known: format.number(persons.known), anonymous: format.number(persons.anonymous) })}
        <Split share={persons.total ? persons.known / persons.total : 0} />
      </Tile>
      <Tile label={t("figure.match.label")} explain={t("figure.match.explain")} value={match.rate === null ? "–" : format.share(match.rate)} age={counted}>
        {match.rate === null ? t("figure.match.none") : t("figure.match.says", { joined: format.number(match.joined), devices: format.number(match.devices) })}
        {match.rate !== null && <Split share={match.rate} />}
      </Tile>
      <Fresh overview={overview} tick={tick} counted={counted} />
      <Tile label={t("figure.events.label")} explain={t("figure.events.explain")} value={format.number(overview.events.last_hour)} age={counted}>
        {t("figure.events.day", { count: overview.events.last_day, number: format.number(overview.events.last_day) })}
        <br />
        {t("figure.events.total", { count: overview.events.total, number: format.number(tick?.log_offset ?? overview.events.total) })}
      </Tile>
      <Letters letters={overview.dead_letters} counted={counted} />
    </ul>
  );
}

function Split({ share }: { share: number }) {
  return <span className={classes.split} aria-hidden><span style={{ width: `${100 * share}%` }} /></span>;
}

/** Lag under which nobody waits for anything. */
const AT_ONCE = 1;
const SLOW = 30;
const TOO_SLOW = 300;

function Fresh({ overview, tick, counted }: { overview: Overview; tick: Tick | null; counted: ReactNode }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const lag = tick?.lag_seconds ?? overview.freshness.lag_seconds;
  const waiting = tick ? Math.max(0, tick.log_offset - tick.processed_offset) : overview.freshness.waiting;
  return (
    <Tile
      label={t("figure.fresh.label")}
      explain={t("figure.fresh.explain")}
      value={lag < AT_ONCE ? t("figure.fresh.atOnce") : format.duration(lag)}
      tone={lag > TOO_SLOW ? "wrong" : lag > SLOW ? "watch" : undefined}
      age={tick ? t("figure.now") : counted}
    >
      {t("figure.fresh.says")}
      <br />
      {lag >= AT_ONCE && waiting > 0 ? t("figure.fresh.waiting", { count: waiting, number: format.number(waiting) }) : t("figure.fresh.upToDate")}
    </Tile>
  );
}

function Letters({ letters, counted }: { letters: Overview["dead_letters"]; counted: ReactNode }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const { may } = useSession();
  const { name } = useReasons();
  const [worst] = [...letters.by_reason].sort((one, other) => other.letters - one.letters);
  const open = may("dead_letters") && letters.waiting > 0;
  return (
    <Tile
      label={t("figure.letters.label")}
      explain={t("figure.letters.explain")}
      value={format.number(letters.waiting)}
      to={open && "/dead-letters"}
      tone={letters.waiting > 0 ? "watch" : undefined}
      age={counted}
    >
      {worst ? t("figure.letters.reason", { reason: name(worst.reason), number: format.number(worst.letters) }) : t("figure.letters.none")}
      {open && <><br /><Link to="/dead-letters">{t("figure.letters.open")}</Link></>}
    </Tile>
  );
}

/** The row's place while it is counted. */
export function WaitingFigures() {
  return (
    <div className={classes.tiles} aria-hidden>
      {Array.from({ length: 5 }, (_, n) => (
        <div key={n} className={classes.tile}>
          <Skeleton height={12} width="55%" mb={10} />
          <Skeleton height={26} width="70%" mb={12} />
          <Skeleton height={12} width="90%" />
        </div>
      ))}
    </div>
  );
}
