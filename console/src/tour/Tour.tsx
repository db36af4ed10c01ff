import { Progress } from "@mantine/core";
import { IconMap2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, get } from "../api/client";
import type { Answer } from "../api/client";
import { Empty } from "../parts/Empty";
import { Failed } from "../parts/Failed";
import { Loading } from "../parts/Loading";
import { Page } from "../parts/Page";
import { noteTour } from "./first";
import { StepCard } from "./StepCard";
import classes from "./Tour.module.css";
import { useVisited } from "./visited";

/** The demo's first page: what Segue does, told in things that are really here. */
export default function Tour() {
  const { t } = useTranslation("tour");
  const story = useQuery(get("/api/v1/story"));
  useEffect(noteTour, []);
  if (story.data) return <Told story={story.data} />;
  const none = story.error instanceof ApiError && story.error.status === 404;
  return (
    <Page title={t("title")} narrow>
      {story.isPending && <Loading rows={10} />}
      {none && <Empty icon={IconMap2} title={t("none.title")}>{t("none.says")}</Empty>}
      {story.error && !none && <Failed error={story.error} retry={() => void story.refetch()} />}
    </Page>
  );
}

function Told({ story }: { story: Answer<"/api/v1/story"> }) {
  const { t } = useTranslation("tour");
  const [visited, visit] = useVisited(story.made_at);
  const next = story.steps.find((step) => !visited.includes(step.step))?.step;
  const seen = story.steps.filter((step) => visited.includes(step.step)).length;
  return (
    <Page title={t("title")} description={t("says")} narrow>
      <div className={classes.progress}>
        <Progress value={(100 * seen) / story.steps.length} size="sm" aria-label={t("progress.label")} />
        <span>{t("progress.says", { seen, of: story.steps.length })}</span>
      </div>
      <ol className={classes.steps}>
        {story.steps.map((step) => (
          <StepCard key={step.step} step={step} visited={visited.includes(step.step)} next={step.step === next} onVisit={() => visit(step.step)} />
        ))}
      </ol>
      <p className={classes.foot}>{t("foot")}</p>
    </Page>
  );
}
