import { Button, Progress } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { Section, Tag, useFormat, When } from "../parts";
import { useTrain } from "./data";
import type { Job } from "./data";
import classes from "./Models.module.css";
import { useWords } from "./words";

/** Starts a training of one model. */
export function TrainButton({ name, busy, again }: { name: string; busy: boolean; again: boolean }) {
  const { t } = useTranslation("models");
  const { may } = useSession();
  const train = useTrain();
  const words = useWords();
  if (!may("train")) return null;
  return (
    <Button
      size="xs" variant={again ? "default" : "filled"} leftSection={<IconRefresh size={14} />} loading={train.isPending} disabled={busy}
      onClick={() => train.mutate(name)} aria-label={t("train.label", { model: words.name(name) })}
    >
      {again ? t("train.again") : t("train.do")}
    </Button>
  );
}

/** The training that runs, or how the last one ended. */
export function LastTraining({ job }: { job: Job }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const { name } = useWords();
  if (job.state === "running") {
    return (
      <Section title={t("train.running")} aside={<When at={job.started_at} />}>
        <Progress value={100 * job.fraction} aria-label={t("train.running")} />
        <p className={classes.quiet} role="status">{job.step} · {format.share(job.fraction, 0)}</p>
      </Section>
    );
  }
  const remarkable = job.results.filter(({ state }) => state !== "ready");
  if (job.state === "done" && remarkable.length === 0) return null;
  return (
    <Section title={t(`train.${job.state}`)} aside={<When at={job.ended_at ?? job.started_at} />}>
      {job.error && <p>{job.error.message} {job.error.cure && <span className={classes.quiet}>{job.error.cure}</span>}</p>}
      <ul className={classes.results}>
        {remarkable.map((each) => (
          <li key={each.model}><Tag tone={each.state === "failed" ? "wrong" : "watch"}>{t(`result.${each.state as "failed"}`)}</Tag> <strong>{name(each.model)}</strong> {each.because}</li>
        ))}
      </ul>
    </Section>
  );
}
