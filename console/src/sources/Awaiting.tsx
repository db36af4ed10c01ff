import { Anchor } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Arrivals } from "./debugger/arrivals";
import { useReasons } from "./debugger/marks";
import { callOf } from "./debugger/rows";
import { Help } from "./Help";
import classes from "./Sources.module.css";

/** Waits for a new source's first event, and tells when it has come and what was made of it. */
export function Awaiting({ arrivals: { rows } }: { arrivals: Arrivals }) {
  const { t } = useTranslation("sources");
  const reasons = useReasons();
  const first = rows.findLast((row) => row.event);
  const refused = rows.findLast((row) => row.letter)?.letter;
  if (first?.event) {
    const { call, event } = callOf(first);
    const person = first.event.person_id;
    return (
      <Notice state="came" sign={<IconCircleCheck size={22} />}>
        <p><strong>{t("first.came", { what: event ?? call })}</strong></p>
        <p>{person ? <Anchor component={Link} to={`/customers/${person}`}>{t("first.person")}</Anchor> : t("first.nobody")}</p>
      </Notice>
    );
  }
  if (refused) {
    return (
      <Notice state="refused" sign={<IconAlertTriangle size={20} />}>
        <p><strong>{t("first.refused", { reason: reasons(refused.reason).reason })}</strong></p>
        <p>{t("first.refusedSays", { detail: refused.detail })}</p>
        <p><Anchor component={Link} to={`/dead-letters?source=${refused.source}&letter=${refused.dead_letter_id}`}>{t("first.letter")}</Anchor></p>
      </Notice>
    );
  }
  return (
    <>
      <Notice state="waiting" sign={<span className={classes.pulse} />}>
        <p><strong>{t("first.waiting")}</strong></p>
        <p className={classes.quiet}>{t("first.waitingSays")}</p>
      </Notice>
      <Help />
    </>
  );
}

function Notice({ state, sign, children }: { state: "waiting" | "came" | "refused"; sign: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.waiting} data-state={state} role="status">
      <span className={classes.sign} aria-hidden>{sign}</span>
      <div>{children}</div>
    </div>
  );
}
