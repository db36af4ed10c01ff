import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { Failed, Loading, Page, Section, Tag, useFormat, When } from "../parts";
import { Calibration } from "./Calibration";
import { useModel, useModels } from "./data";
import type { Card, Model as Shown } from "./data";
import { Metrics } from "./Metrics";
import classes from "./Models.module.css";
import { DriftSince, Runs } from "./Runs";
import { LastTraining, TrainButton } from "./Training";
import { Weights } from "./Weights";
import { STATE_TONE, useWords } from "./words";

/** One model's card. */
export default function Model() {
  const { t } = useTranslation("models");
  const { may } = useSession();
  const { name = "" } = useParams();
  if (!may("models")) return <Denied title={t("title")} />;
  return <Asked key={name} name={name} />;
}

function Asked({ name }: { name: string }) {
  const { t } = useTranslation("models");
  const words = useWords();
  const { data, error, refetch } = useModel(name);
  const { data: all } = useModels();
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  const job = all?.job ?? null;
  const busy = job?.state === "running";
  return (
    <Page
      title={words.name(name)} description={data && words.purpose(name, data.purpose)} above={<Link to="/models">← {t("title")}</Link>}
      beside={data && <Tag tone={STATE_TONE[data.state]}>{t(`state.${data.state}`)}</Tag>}
      actions={<TrainButton name={name} busy={busy} again={data?.card !== null} />}
    >
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={10} />}
      {job && busy && <LastTraining job={job} />}
      {data?.card && <Read card={data.card} model={data} />}
      {data && !data.card && <p>{t("untrained")}</p>}
      {data && data.runs.length > 0 && <Runs runs={data.runs} />}
    </Page>
  );
}

function Read({ card, model }: { card: Card; model: Shown }) {
  const { t } = useTranslation("models");
  const words = useWords();
  return (
    <>
      <About card={card} model={model} />
      <Metrics metrics={card.metrics} />
      <div className={classes.two}>
        {card.calibration.length > 0 && <Calibration bins={card.calibration} />}
        <Weights title={t("importance.title")} says={t("importance.says")} weights={card.importance} />
        {card.data_value.length > 0 && <Weights title={t("value.title")} says={t("value.says", { metric: words.metric(card.metrics[0]?.name ?? "") })} weights={card.data_value} worth />}
        {model.drift && <DriftSince drift={model.drift} />}
      </div>
      {card.limits.length > 0 && (
        <Section title={t("limits")}><ul className={classes.limits}>{card.limits.map((each) => <li key={each}>{each}</li>)}</ul></Section>
      )}
    </>
  );
}

function About({ card, model }: { card: Card; model: Shown }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const words = useWords();
  return (
    <dl className={classes.about}>
      <div><dt>{t("about.data")}</dt><dd><When at={card.data_from} as="date" /> – <When at={card.data_until} as="date" /></dd></div>
      <div><dt>{t("about.persons")}</dt><dd data-figure>{format.number(card.persons)}</dd></div>
      <div><dt>{t("about.rows")}</dt><dd data-figure>{format.number(card.rows)}</dd></div>
      <div><dt>{t("about.features")}</dt><dd data-figure>{format.number(card.features.length)}</dd></div>
      {model.scored_at && <div><dt>{t("about.scored")}</dt><dd><When at={model.scored_at} as="date" /></dd></div>}
      {model.next_run && <div><dt>{t("about.next")}</dt><dd><When at={model.next_run} as="both" /></dd></div>}
      {card.sensitive.length > 0 && <div><dt>{t("about.sensitive")}</dt><dd>{format.list(card.sensitive.map(words.of))}</dd></div>}
    </dl>
  );
}
