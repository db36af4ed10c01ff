import { Button } from "@mantine/core";
import { IconArrowsShuffle, IconCircleCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { useCalled } from "../home/people";
import { Empty, Failed, Hint, Loading, Page, Section, Tag, useFormat, When } from "../parts";
import { linkOf } from "../simulator/question";
import { useDecision, useWhat } from "./data";
import type { Whole } from "./data";
import classes from "./Decisions.module.css";
import { Draw } from "./Draw";
import { Funnel } from "./Funnel";
import { Moment } from "./Moment";
import { Scores } from "./Scores";
import { Names, Slots } from "./Slots";
import { Whom } from "./LogList";
import { useWords } from "./words";

/** One decision: what was shown, why, why nothing else, and what became of it. */
export default function Decision() {
  const { t } = useTranslation("decisions");
  const { may } = useSession();
  const { id = "" } = useParams();
  if (!may("decisions")) return <Denied title={t("one")} />;
  return <Asked key={id} id={id} />;
}

function Asked({ id }: { id: string }) {
  const { t } = useTranslation("decisions");
  const { data, error, refetch } = useDecision(id);
  const { called } = useWhat();
  const back = <Link to="/decisions">← {t("title")}</Link>;
  if (error instanceof ApiError && error.status === 404) return <Page title={t("gone")} above={back}><Empty icon={IconHelpCircle}>{t("goneSays")}</Empty></Page>;
  if (!data) return <Page title={t("one")} above={back}>{error ? <Failed error={error} retry={() => void refetch()} /> : <Loading rows={10} />}</Page>;
  const { decision } = data;
  return (
    <Page
      title={called(decision.placement)}
      documentTitle={t("one")}
      above={back}
      beside={decision.fallback ? <Tag tone="watch" title={t("fallbackSays")}>{t("fallback")}</Tag> : undefined}
      description={<When at={decision.at} as="both" seconds />}
      actions={<Again whole={data} />}
    >
      <Read whole={data} />
    </Page>
  );
}

/** The same question in the simulator, to see what it would be if something were otherwise. */
function Again({ whole }: { whole: Whole }) {
  const { t } = useTranslation("decisions");
  const { may } = useSession();
  const { timeZone } = useFormat();
  if (!may("decide")) return null;
  return <Button component={Link} to={linkOf(whole, timeZone)} variant="default" leftSection={<IconArrowsShuffle size={16} />}>{t("again")}</Button>;
}

function Read({ whole }: { whole: Whole }) {
  const { t } = useTranslation("decisions");
  const { decision, explanation, slots } = whole;
  return (
    <>
      <About whole={whole} />
      <Section title={t("shown.title")} description={decision.fallback ? t("fallbackSays") : slots ? undefined : t("shown.otherTexts")} bare>
        {decision.slots.length === 0 ? <p className={classes.quiet}>{t("log.nothing")}</p> : slots ? <Slots slots={slots} outcomes={decision.fallback ? undefined : decision.slots} label={t("shown.title")} /> : <Names outcomes={decision.slots} label={t("shown.title")} />}
      </Section>
      <Funnel explanation={explanation} slots={decision.fallback ? 0 : decision.slots.length} />
      <div className={classes.two}>
        <Scores scores={explanation.scores} shown={decision.slots.map(({ action }) => action)} />
        <div className={classes.column}>
          <Draw scores={explanation.scores} slots={decision.slots} exploration={whole.exploration} seed={whole.seed} />
          <Moment whole={whole} />
        </div>
      </div>
    </>
  );
}

const REPLAY = { same: { tone: "ok", icon: IconCircleCheck }, different: { tone: "wrong", icon: IconCircleX }, "not possible": { tone: "quiet", icon: IconHelpCircle } } as const;
const REPLAY_KEY = { same: "same", different: "different", "not possible": "impossible" } as const;

function About({ whole }: { whole: Whole }) {
  const { t } = useTranslation("decisions");
  const format = useFormat();
  const words = useWords();
  const { called, placements } = useWhat();
  const { decision, replay, explanation: { models, control } } = whole;
  const ids = useMemo(() => (decision.person_id === null ? [] : [decision.person_id]), [decision.person_id]);
  const people = useCalled(ids);
  const key = REPLAY_KEY[replay];
  const touchpoint = placements.find(({ name }) => name === decision.placement)?.touchpoint;
  return (
    <dl className={classes.about}>
      <div><dt>{t("about.person")}</dt><dd><Whom decision={decision} called={decision.person_id === null ? null : people.get(decision.person_id)} /> <small>{words.identity(decision.identity)}</small></dd></div>
      <div><dt>{t("about.placement")}</dt><dd><Link to={`/policy/${decision.placement}`} className={classes.link}>{called(decision.placement)}</Link> {touchpoint && <small>{words.touchpoint(touchpoint)}</small>}</dd></div>
      <div><dt>{t("about.considered")}</dt><dd data-figure>{format.number(decision.considered)}</dd></div>
      <div><dt>{t("about.took")}</dt><dd data-figure>{format.number(decision.took_ms, { maximumFractionDigits: 2 })} ms</dd></div>
      <div><dt>{t("about.policy")}</dt><dd data-figure>{decision.policy}</dd></div>
      {models.length > 0 && <div><dt>{t("about.models")}</dt>{models.map((each) => <dd key={each.model}><Model {...each} /></dd>)}</div>}
      {control !== null && <div><dt>{t("about.control")}</dt><dd><Hint says={t("about.controlSays")}>{called(control)}</Hint></dd></div>}
      <div><dt>{t("about.replay")}</dt><dd><Hint says={t(`replay.${key}Says`)} plain label={t(`replay.${key}`)}><Tag tone={REPLAY[replay].tone} icon={REPLAY[replay].icon}>{t(`replay.${key}`)}</Tag></Hint></dd></div>
    </dl>
  );
}

/** A model whose word it was made from: its name, which version of it, and what it said. */
function Model({ model, predictions, products }: Whole["explanation"]["models"][number]) {
  const { t } = useTranslation("decisions");
  const { may } = useSession();
  const [name = model, version] = model.split("@");
  const said = [...predictions.map((each) => each.replaceAll("_", " ")), ...(products.length > 0 ? [t("models.products", { count: products.length })] : [])];
  return <>{may("models") ? <Link to={`/models/${name}`} className={classes.link}>{name}</Link> : name} <small>{version}: {said.join(", ")}</small></>;
}
