import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../api/client";
import { Failed, Page, VerdictBadge } from "../parts";
import { Attention } from "./Attention";
import { useComing, useOverview } from "./data";
import classes from "./Home.module.css";
import { InflowChart } from "./InflowChart";
import { KeyFigures, WaitingFigures } from "./KeyFigures";
import { SourcesAlive } from "./SourcesAlive";
import { useStart } from "./start";
import { StartSteps } from "./StartSteps";
import { Stream } from "./Stream";

/** Is it running, what comes in, who are the customers, what needs me. */
export default function Home() {
  const { t } = useTranslation("home");
  const overview = useOverview();
  if (overview.data?.events.total === 0) return <First persons={overview.data.persons.total} />;
  return (
    <Page title={t("title")} beside={overview.data && <Verdict items={overview.data.attention} />}>
      {overview.error && <Failed error={overview.error} retry={() => void overview.refetch()} />}
      {overview.data && <Whole overview={overview.data} />}
      {overview.isPending && <Skeletons />}
    </Page>
  );
}

type Overview = Answer<"/api/v1/overview">;

function Verdict({ items }: { items: Overview["attention"] }) {
  const { t } = useTranslation("home");
  const verdict = items.some((item) => item.verdict === "wrong") ? "wrong" : items.length > 0 ? "watch" : "well";
  return <VerdictBadge verdict={verdict}>{t(`verdict.${verdict}`)}</VerdictBadge>;
}

function Whole({ overview }: { overview: Overview }) {
  const coming = useComing();
  const start = useStart(overview.persons.total);
  return (
    <>
      {start.left.length > 0 && <StartSteps start={start} />}
      <KeyFigures overview={overview} tick={coming.tick} />
      <Attention items={overview.attention} />
      <div className={classes.columns}>
        <Stream coming={coming} />
        <div className={classes.column}>
          <InflowChart series={overview.events.series} at={overview.at} />
          <SourcesAlive overview={overview} coming={coming} />
        </div>
      </div>
    </>
  );
}

/** Before the first event: what to do, instead of a page of noughts. It gives way by itself once something comes. */
function First({ persons }: { persons: number }) {
  const { t } = useTranslation("home");
  const start = useStart(persons);
  return (
    <Page title={t("start.title")} description={t("start.says")} narrow>
      <StartSteps start={start.left.length > 0 ? start : { ...start, left: ["customer"] }} first />
      <p className={classes.listening} role="status"><span className={classes.life} data-life="receiving" aria-hidden />{t("start.listening")}</p>
    </Page>
  );
}

function Skeletons() {
  return (
    <>
      <WaitingFigures />
      <Skeleton height={46} radius="md" />
      <div className={classes.columns}>
        <Skeleton height={640} radius="md" />
        <div className={classes.column}><Skeleton height={330} radius="md" /><Skeleton height={290} radius="md" /></div>
      </div>
    </>
  );
}
