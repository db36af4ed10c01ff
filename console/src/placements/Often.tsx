import { Button, CloseButton, NumberInput, Select } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import actionClasses from "../actions/Actions.module.css";
import { WINDOWS } from "../actions/form/Limits";
import { useWindow } from "../segments/words";
import { newCap } from "./draft";
import type { Cap } from "./draft";
import classes from "./Placements.module.css";

/** How often is enough in the placement's channel, whatever is shown there. */
export function Often({ caps, change, wrong }: { caps: Cap[]; change: (caps: Cap[]) => void; wrong: (place: string) => string | undefined }) {
  const { t } = useTranslation("placements");
  const { t: ta } = useTranslation("actions");
  const within = useWindow();
  const set = (id: string, part: Partial<Cap>) => change(caps.map((each) => (each.id === id ? { ...each, ...part } : each)));
  const windows = (held: string) => [...[...new Set([...(held === "ever" ? [] : [held]), ...WINDOWS])].map((value) => ({ value, label: within(value) })), { value: "ever", label: ta("told.ever") }];
  return (
    <div className={actionClasses.fields}>
      <div><span className={actionClasses.label}>{t("facts.caps")}</span><p className={classes.quiet}>{t("facts.capsSays")}</p></div>
      {caps.map((each, n) => (
        <fieldset key={each.id} className={actionClasses.limit}>
          <legend>{ta("limits.cap", { number: n + 1 })}</legend>
          <NumberInput label={ta("limits.max")} min={1} value={each.max} onChange={(max) => set(each.id, { max: Number(max) || 1 })} error={wrong(`caps.${n}.max`)} w={96} />
          <Select label={ta("limits.within")} allowDeselect={false} data={windows(each.within)} value={each.within} onChange={(next) => next && set(each.id, { within: next })} error={wrong(`caps.${n}.within`)} />
          <CloseButton aria-label={ta("form.drop", { what: ta("limits.cap", { number: n + 1 }) })} onClick={() => change(caps.filter(({ id }) => id !== each.id))} />
        </fieldset>
      ))}
      <div><Button variant="default" size="xs" leftSection={<IconPlus size={15} />} onClick={() => change([...caps, newCap()])}>{ta("limits.addCap")}</Button></div>
    </div>
  );
}
