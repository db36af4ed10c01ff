import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Problem } from "./definitions";
import classes from "./Rules.module.css";

interface Props {
  name: string;
  problems: readonly Problem[];
  checking: boolean;
  onGo: (line: number) => void;
}

/** What is wrong with the text, each with its line and its cure. */
export function Problems({ name, problems, checking, onGo }: Props) {
  const { t } = useTranslation("settings");
  return (
    <>
      <div className={classes.state} role="status">
        {checking ? (
          t("check.running")
        ) : problems.length ? (
          t("check.wrong", { count: problems.length })
        ) : (
          <span className={classes.well}><IconCircleCheck size={16} stroke={1.75} aria-hidden />{t("check.well")}</span>
        )}
      </div>
      <ul className={classes.problems} aria-label={t("check.label")}>
        {problems.map((problem, n) => (
          <li key={n} className={classes.problem}>
            <IconAlertTriangle size={17} stroke={1.75} aria-hidden color="var(--segue-wrong)" />
            <p>
              <Place problem={problem} name={name} onGo={onGo} /> {problem.message.replace(/^line \d+, column \d+: /, "")}
            </p>
            {problem.cure && <p className={classes.cure}>{problem.cure}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Place({ problem, name, onGo }: { problem: Problem; name: string; onGo: (line: number) => void }) {
  const { t } = useTranslation("settings");
  const { line } = problem;
  if (problem.name !== name) return <strong>{problem.name}{line !== null && `, ${t("check.line", { line })}`}: </strong>;
  if (line === null) return null;
  return <UnstyledButton fw={620} td="underline" onClick={() => onGo(line)}>{t("check.line", { line })}</UnstyledButton>;
}
