import { Button, CloseButton, NumberInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isWhole, toWhere } from "../../segments/conditions";
import { Query } from "../../segments/Query";
import { useInWords } from "../../segments/words";
import classes from "../Actions.module.css";
import { newLever } from "../draft";
import type { Lever } from "../draft";
import { useMoment } from "../moment";
import type { FormProps } from "./Form";

const MOST = 1_000;

/** When it counts more, or less. */
export function Levers({ draft, change, wrong }: FormProps) {
  const { t } = useTranslation("actions");
  const words = useInWords();
  const moment = useMoment();
  const set = (id: string, part: Partial<Lever>) => change({ levers: draft.levers.map((each) => (each.id === id ? { ...each, ...part } : each)) });
  return (
    <div className={classes.fields}>
      {draft.levers.map((each, n) => (
        <fieldset key={each.id} className={classes.card}>
          <legend>{t("form.lever", { number: n + 1 })}</legend>
          <CloseButton className={classes.drop} aria-label={t("form.drop", { what: t("form.lever", { number: n + 1 }) })} onClick={() => change({ levers: draft.levers.filter(({ id }) => id !== each.id) })} />
          <NumberInput label={t("form.multiply")} min={0} max={MOST} step={0.5} value={each.multiply} onChange={(multiply) => set(each.id, { multiply: Number(multiply) || 0 })} error={wrong(`levers.${n}.multiply`)} w={140} />
          <p className={classes.quiet}>{isWhole(each.when) ? t("form.leverWhen", { what: words(toWhere(each.when)) }) : t("form.leverOpen")}</p>
          <Query query={each.when} onChange={(when) => set(each.id, { when })} self={null} more={moment} />
          {wrong(`levers.${n}.when`) && <p className={classes.wrong}>{wrong(`levers.${n}.when`)}</p>}
        </fieldset>
      ))}
      <div><Button variant="default" size="xs" leftSection={<IconPlus size={15} />} onClick={() => change({ levers: [...draft.levers, newLever()] })}>{t("form.addLever")}</Button></div>
    </div>
  );
}
