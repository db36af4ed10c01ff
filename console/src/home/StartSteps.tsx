import { Button, CloseButton } from "@mantine/core";
import { IconDatabaseImport, IconPlugConnected, IconUserSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import classes from "./Home.module.css";
import type { Start, StepName } from "./start";

const STEPS = {
  source: { icon: IconPlugConnected, to: "/sources" },
  import: { icon: IconDatabaseImport, to: "/imports/new" },
  customer: { icon: IconUserSearch, to: "/customers" },
} as const;

/** The steps that are left; `first`: nothing has come yet, so they are all there is to see. */
export function StartSteps({ start, first }: { start: Start; first?: boolean }) {
  const { t } = useTranslation("home");
  return (
    <section className={classes.start} aria-label={t("start.label")}>
      {!first && <CloseButton className={classes.dismiss} size="sm" aria-label={t("start.dismiss")} title={t("start.dismiss")} onClick={start.dismiss} />}
      <ol className={classes.steps}>
        {start.left.map((step, n) => <Step key={step} step={step} main={n === 0} first={first} onGo={() => start.visit(step)} />)}
      </ol>
    </section>
  );
}

function Step({ step, main, first, onGo }: { step: StepName; main: boolean; first?: boolean; onGo: () => void }) {
  const { t } = useTranslation("home");
  const { icon: Picture, to } = STEPS[step];
  return (
    <li className={classes.step}>
      <span className={classes.stepIcon}><Picture size={22} stroke={1.6} aria-hidden /></span>
      <div>
        <h2>{t(`start.${step}.title`)}</h2>
        <p>{t(`start.${step}.says`)}</p>
      </div>
      <Button component={Link} to={to} onClick={onGo} variant={main && first ? "filled" : "default"} size="sm">{t(`start.${step}.do`)}</Button>
    </li>
  );
}
