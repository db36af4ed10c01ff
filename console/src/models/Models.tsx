import { IconChartDots3 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page, Tag, When } from "../parts";
import { useModels } from "./data";
import type { ModelLine } from "./data";
import classes from "./Models.module.css";
import { STATE_TONE, useAmount, useWords } from "./words";
import { LastTraining, TrainButton } from "./Training";

/** What Segue has learnt: each model at a glance. */
export default function Models() {
  const { t } = useTranslation("models");
  const { may } = useSession();
  if (!may("models")) return <Denied title={t("title")} />;
  return <All />;
}

function All() {
  const { t } = useTranslation("models");
  const { data, error, refetch } = useModels();
  return (
    <Page title={t("title")} description={t("says")} actions={data && <TrainButton name="all" busy={data.job?.state === "running"} again={data.models.some(({ version }) => version !== null)} />}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {data?.job && <LastTraining job={data.job} />}
      {data && data.models.length === 0 && <Empty icon={IconChartDots3} title={t("none")}>{t("noneSays")}</Empty>}
      {data && (
        <ul className={classes.cards} aria-label={t("title")}>
          {data.models.map((model) => <One key={model.model} model={model} busy={data.job?.state === "running"} />)}
        </ul>
      )}
    </Page>
  );
}

function One({ model, busy }: { model: ModelLine; busy: boolean }) {
  const { t } = useTranslation("models");
  const { name, purpose } = useWords();
  const trained = model.version !== null;
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <h2>{trained ? <Link to={`/models/${model.model}`}>{name(model.model)}</Link> : name(model.model)}</h2>
        <Tag tone={STATE_TONE[model.state]}>{t(`state.${model.state}`)}</Tag>
        {model.drift && model.drift.state !== "steady" && <Tag tone={model.drift.state === "far" ? "wrong" : "watch"}>{t(`drift.${model.drift.state}`)}</Tag>}
      </div>
      <p>{purpose(model.model, model.purpose)}</p>
      {trained ? <Figures model={model} /> : <p className={classes.quiet}>{t("untrained")}</p>}
      <div className={classes.foot}>
        <span>{model.trained_at && <>{t("trained")} <When at={model.trained_at} /></>}</span>
        <TrainButton name={model.model} busy={busy} again={trained} />
      </div>
    </li>
  );
}

function Figures({ model }: { model: ModelLine }) {
  const { metric, of } = useWords();
  const amount = useAmount();
  const { t } = useTranslation("models");
  return (
    <dl className={classes.figures}>
      {model.metrics.map((each) => (
        <div key={`${each.of} ${each.name}`}>
          <dt>{metric(each.name)}{each.of && <small>{of(each.of)}</small>}</dt>
          <dd data-figure>
            <strong>{amount(each, each.value)}</strong>
            {each.yardstick_value !== null && <small>{t("against", { value: amount(each, each.yardstick_value) })}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
