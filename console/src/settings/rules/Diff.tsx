import { VisuallyHidden } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { counted, diff, folded } from "./diff";
import type { Line } from "./diff";
import classes from "./Rules.module.css";

const SIGNS = { same: " ", added: "+", removed: "−" } as const;

/** What differs between two texts, as a table of lines; what is far from a change is left out. */
export function Diff({ before, after, label }: { before: string; after: string; label: string }) {
  const { t } = useTranslation("settings");
  const lines = useMemo(() => folded(diff(before, after)), [before, after]);
  if (lines.every((line) => typeof line === "number")) return <p className={classes.quiet}>{t("diff.none")}</p>;
  return (
    <div className={classes.diff} tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption><VisuallyHidden>{label}</VisuallyHidden></caption>
        <tbody>{lines.map((line, n) => (typeof line === "number" ? <Fold key={n} count={line} /> : <Row key={n} line={line} />))}</tbody>
      </table>
    </div>
  );
}

function Row({ line }: { line: Line }) {
  const { t } = useTranslation("settings");
  return (
    <tr data-kind={line.kind}>
      <td className={classes.number}>{line.before ?? ""}</td>
      <td className={classes.number}>{line.after ?? ""}</td>
      <td className={classes.sign}>
        <span aria-hidden>{SIGNS[line.kind]}</span>
        {line.kind !== "same" && <VisuallyHidden>{t(`diff.${line.kind}`)}</VisuallyHidden>}
      </td>
      <td className={classes.line}>{line.text}</td>
    </tr>
  );
}

function Fold({ count }: { count: number }) {
  const { t } = useTranslation("settings");
  return <tr className={classes.fold}><td colSpan={4}>{t("diff.folded", { count })}</td></tr>;
}

/** "+3 −1" */
export function Counts({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation("settings");
  const { added, removed } = useMemo(() => counted(diff(before, after)), [before, after]);
  return (
    <span className={classes.counts} data-figure>
      <span data-kind="added"><span aria-hidden>+{added}</span><VisuallyHidden>{t("diff.countAdded", { count: added })}</VisuallyHidden></span>
      <span data-kind="removed"><span aria-hidden>−{removed}</span><VisuallyHidden>{t("diff.countRemoved", { count: removed })}</VisuallyHidden></span>
    </span>
  );
}
