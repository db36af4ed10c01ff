import { Button, Switch } from "@mantine/core";
import { IconDice5, IconLayoutGrid } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { useWhat } from "../decisions/data";
import { Draw } from "../decisions/Draw";
import { Funnel } from "../decisions/Funnel";
import { Scores } from "../decisions/Scores";
import { Slots } from "../decisions/Slots";
import { useWords } from "../decisions/words";
import { Copy, Empty, Failed, Loading, Page, Section, Tag, useFormat } from "../parts";
import { Compared } from "./Compared";
import { useAnswer, useAsked } from "./data";
import type { Simulated } from "./data";
import { marks } from "./differences";
import { Asking } from "./Fields";
import { changed, PARTS, read, written } from "./question";
import type { Change, Question } from "./question";
import classes from "./Simulator.module.css";
import { WhatIf } from "./WhatIf";

/** What would somebody get, and what if something were otherwise. Nothing of it is kept. */
export default function Simulator() {
  const { t } = useTranslation("simulator");
  const { may } = useSession();
  if (!may("decide") || !may("definitions")) return <Denied title={t("title")} />;
  return <Begin />;
}

function Begin() {
  const { t } = useTranslation("simulator");
  const what = useWhat();
  const { may } = useSession();
  if (what.placements.length > 0) return <Simulating />;
  return (
    <Page title={t("title")} description={t("says")}>
      {what.pending && <Loading rows={8} />}
      {what.error && <Failed error={what.error} retry={() => void what.refetch()} />}
      {!what.pending && !what.error && <Empty icon={IconLayoutGrid} title={t("none")} action={may("define") && <Button component={Link} to="/placements">{t("define")}</Button>}>{t("noneSays")}</Empty>}
    </Page>
  );
}

function Simulating() {
  const { t } = useTranslation("simulator");
  const { question, change, put, setChange, moment } = useQuestion();
  const [seed, setSeed] = useState(1);
  const otherwise = change === null ? null : changed(question, change);
  const one = useOne(question, seed, moment);
  const other = useOne(otherwise, seed, moment);
  const named = useNamed(change);
  return (
    <Page
      title={t("title")}
      description={t("says")}
      actions={<><Copy value={window.location.href} what={t("copy")} /><Button size="sm" variant="default" leftSection={<IconDice5 size={16} />} onClick={() => setSeed(seed + 1)}>{t("redraw")}</Button></>}
    >
      <div className={classes.whole}>
        <Section title={t("question")}>
          <div className={classes.form}>{PARTS.map((part) => <Asking key={part} part={part} question={question} onChange={put} />)}</div>
        </Section>
        <div className={classes.answers}>
          <WhatIf question={question} change={change} onChange={setChange} />
          {otherwise === null ? <Alone asked={one} /> : <Both one={one} other={other} named={named} />}
        </div>
      </div>
    </Page>
  );
}

type Asked = ReturnType<typeof useOne>;

function useOne(question: Question | null, seed: number, now: number) {
  const { timeZone } = useFormat();
  const who = useAsked(question?.person ?? null);
  const answer = useAnswer(question, { zone: timeZone, now, seed, identifiers: who.identifiers ?? {} }, who.ready);
  return { answer: answer.data, error: who.error ?? answer.error, waiting: answer.isFetching, again: answer.refetch };
}

/** The question and what is otherwise, as the address says them; questions for now keep the moment they were begun at. */
function useQuestion() {
  const [search, setSearch] = useSearchParams();
  const { placements } = useWhat();
  const [moment] = useState(() => Date.now());
  const found = useMemo(() => read(search), [search]);
  const question: Question = { ...found.question, placement: found.question.placement ?? placements[0]?.name ?? null };
  const write = (next: Question, change: Change | null) => setSearch(written(next, change), { replace: true, preventScrollReset: true });
  return {
    question,
    change: found.change,
    moment,
    put: (given: Partial<Question>) => write({ ...question, ...given }, found.change),
    setChange: (change: Change | null) => write(question, change),
  };
}

/** What is otherwise, in a few words. */
function useNamed(change: Change | null): string {
  const { t } = useTranslation("simulator");
  const format = useFormat();
  const { called } = useWhat();
  const { label } = useAsked(change?.part === "person" ? change.value : null);
  if (change === null) return "";
  const none = t("if.without", { part: t(`part.${change.part}`) });
  switch (change.part) {
    case "person": return change.value === null ? t("if.nobody") : (label ?? t("person.somebody"));
    case "placement": return change.value === null ? none : called(change.value);
    case "at": return change.value === null ? t("moment.now") : format.date(`${change.value}Z`, { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    case "weather": return change.value === null ? none : `${t(`sky.${change.value.sky}`)}, ${change.value.degrees} °C`;
    case "consent": return t(change.value === null ? "consent.real" : change.value ? "consent.yes" : "consent.no");
    case "basket": return change.value.length === 0 ? none : t("if.basket", { count: change.value.length });
    default: return change.value === null ? none : `${t(`part.${change.part}`)}: ${change.value}`;
  }
}

function Alone({ asked }: { asked: Asked }) {
  const { answer, error, waiting, again } = asked;
  if (error && !waiting) return <Failed error={error} retry={() => void again()} />;
  if (!answer) return <Loading rows={8} />;
  return <div className={classes.answer} data-changing={waiting || undefined} aria-busy={waiting}><Head answer={answer} /><Shown answer={answer} /><Why answer={answer} /></div>;
}

function Both({ one, other, named }: { one: Asked; other: Asked; named: string }) {
  const { t } = useTranslation("simulator");
  const [after, setAfter] = useState(true);
  const [before, then] = [one.answer, other.answer];
  const waiting = one.waiting || other.waiting;
  const read = after ? then : before;
  return (
    <div className={classes.answer} data-changing={(waiting && before && then) || undefined} aria-busy={waiting}>
      <div className={classes.sides}>
        <Side title={t("asked")} asked={one} />
        <Side title={named} asked={other} before={before} marked />
      </div>
      {before && then && <Compared before={before} after={then} named={named} />}
      {before && then && read && (
        <>
          <Switch checked={after} onChange={(event) => setAfter(event.currentTarget.checked)} label={t("if.which", { named })} />
          <Why answer={read} />
        </>
      )}
    </div>
  );
}

function Side({ title, asked, before, marked }: { title: string; asked: Asked; before?: Simulated; marked?: boolean }) {
  const { answer, error, waiting, again } = asked;
  return (
    <section className={classes.side} aria-label={title} data-marked={marked || undefined}>
      <h2>{title}</h2>
      {error && !waiting && <Failed error={error} retry={() => void again()} />}
      {!answer && (!error || waiting) && <Loading rows={4} />}
      {answer && !(error && !waiting) && <><Head answer={answer} /><Shown answer={answer} before={before} /></>}
    </section>
  );
}

/** Who is taken for what, and whether anything but the fallback is left. */
function Head({ answer }: { answer: Simulated }) {
  const { t } = useTranslation("simulator");
  const words = useWords();
  return (
    <p className={classes.head}>
      {answer.identity && <span>{t("knownAs")} <strong>{words.identity(answer.identity)}</strong></span>}
      {answer.fallback && <Tag tone="watch">{t("fallback")}</Tag>}
    </p>
  );
}

function Shown({ answer, before }: { answer: Simulated; before?: Simulated }) {
  const { t } = useTranslation("simulator");
  if (answer.slots.length === 0) return <p className={classes.quiet}>{t("nothing")}</p>;
  const found = before ? marks(before, answer) : undefined;
  return <Slots slots={answer.slots} marks={found?.map((mark) => (mark === null ? null : { says: t(`mark.${mark}`), quiet: mark === "drawn" || mark === "moved" }))} label={t("shown")} />;
}

function Why({ answer }: { answer: Simulated }) {
  const { placements } = useWhat();
  const [search] = useSearchParams();
  const { explanation } = answer;
  if (!explanation) return null;
  const { question } = read(search);
  const exploration = (placements.find(({ name }) => name === question.placement) ?? placements[0])?.exploration ?? null;
  return (
    <>
      <Funnel explanation={explanation} slots={answer.fallback ? 0 : answer.slots.length} />
      <div className={classes.two}>
        <Scores scores={explanation.scores} shown={answer.slots.map(({ action }) => action)} />
        <Draw scores={explanation.scores} slots={answer.slots} exploration={exploration} />
      </div>
    </>
  );
}
