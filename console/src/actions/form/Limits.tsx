import { Button, CloseButton, NumberInput, Select } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWindow } from "../../segments/words";
import classes from "../Actions.module.css";
import { useActions } from "../data";
import { newCap, newSuppression, OUTCOMES, TOUCHPOINTS } from "../draft";
import type { FormProps } from "./Form";

export const WINDOWS = ["30 minutes", "1 hour", "4 hours", "1 day", "7 days", "14 days", "30 days", "90 days", "365 days"];

/** How often at most, and when somebody is left in peace. */
export function Limits({ draft, change, wrong }: FormProps) {
  const { t } = useTranslation("actions");
  const chosen = useChosen(draft.group);
  const cap = (id: string, part: object) => change({ caps: draft.caps.map((each) => (each.id === id ? { ...each, ...part } : each)) });
  const peace = (id: string, part: object) => change({ suppress: draft.suppress.map((each) => (each.id === id ? { ...each, ...part } : each)) });
  return (
    <div className={classes.fields}>
      {draft.caps.length === 0 && <p className={classes.quiet}>{t("limits.noCap")}</p>}
      {draft.caps.map((each, n) => (
        <fieldset key={each.id} className={classes.limit}>
          <legend>{t("limits.cap", { number: n + 1 })}</legend>
          <NumberInput label={t("limits.max")} min={0} value={each.max} onChange={(max) => cap(each.id, { max: Number(max) || 0 })} error={wrong(`caps.${n}.max`)} w={96} />
          <Select label={t("limits.per")} allowDeselect={false} data={(["person", "everybody"] as const).map((value) => ({ value, label: t(`limits.${value}`) }))} value={each.per} onChange={(per) => cap(each.id, { per })} />
          <Select label={t("limits.within")} allowDeselect={false} data={chosen.windows(each.within, true)} value={each.within || "ever"} onChange={(within) => cap(each.id, { within })} error={wrong(`caps.${n}.within`)} />
          <Select label={t("limits.counts")} clearable placeholder={t("limits.thisOne")} data={chosen.groups(each.group)} value={each.group || null} onChange={(group) => cap(each.id, { group: group ?? "" })} error={wrong(`caps.${n}.group`)} />
          <Select label={t("limits.channel")} clearable placeholder={t("limits.anywhere")} data={chosen.channels} value={each.channel || null} onChange={(channel) => cap(each.id, { channel: channel ?? "" })} error={wrong(`caps.${n}.channel`)} />
          <CloseButton aria-label={t("form.drop", { what: t("limits.cap", { number: n + 1 }) })} onClick={() => change({ caps: draft.caps.filter(({ id }) => id !== each.id) })} />
        </fieldset>
      ))}
      {draft.suppress.map((each, n) => (
        <fieldset key={each.id} className={classes.limit}>
          <legend>{t("limits.peace", { number: n + 1 })}</legend>
          <Select label={t("limits.outcome")} allowDeselect={false} data={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) }))} value={each.outcome} onChange={(outcome) => peace(each.id, { outcome })} error={wrong(`suppress.${n}.outcome`)} />
          <NumberInput label={t("limits.count")} min={1} value={each.count} onChange={(count) => peace(each.id, { count: Number(count) || 1 })} error={wrong(`suppress.${n}.count`)} w={96} />
          <Select label={t("limits.within")} allowDeselect={false} data={chosen.windows(each.within)} value={each.within} onChange={(within) => peace(each.id, { within })} error={wrong(`suppress.${n}.within`)} />
          <Select label={t("limits.pause")} allowDeselect={false} data={chosen.windows(each.pause)} value={each.pause} onChange={(pause) => peace(each.id, { pause })} error={wrong(`suppress.${n}.pause`)} />
          <Select label={t("limits.counts")} clearable placeholder={t("limits.thisOne")} data={chosen.groups(each.group)} value={each.group || null} onChange={(group) => peace(each.id, { group: group ?? "" })} error={wrong(`suppress.${n}.group`)} />
          <CloseButton aria-label={t("form.drop", { what: t("limits.peace", { number: n + 1 }) })} onClick={() => change({ suppress: draft.suppress.filter(({ id }) => id !== each.id) })} />
        </fieldset>
      ))}
      <div className={classes.line}>
        <Button variant="default" size="xs" leftSection={<IconPlus size={15} />} onClick={() => change({ caps: [...draft.caps, newCap()] })}>{t("limits.addCap")}</Button>
        <Button variant="default" size="xs" leftSection={<IconPlus size={15} />} onClick={() => change({ suppress: [...draft.suppress, newSuppression()] })}>{t("limits.addPeace")}</Button>
      </div>
    </div>
  );
}

function useChosen(own: string) {
  const { t } = useTranslation("actions");
  const within = useWindow();
  const groups = (useActions().data?.actions ?? []).flatMap(({ group }) => (group === null ? [] : [group]));
  return {
    windows: (held: string, ever = false) => [
      ...[...new Set([...(held === "" || held === "ever" ? [] : [held]), ...WINDOWS])].map((value) => ({ value, label: within(value) })),
      ...(ever ? [{ value: "ever", label: t("told.ever") }] : []),
    ],
    groups: (held: string) => [...new Set([own, held, ...groups])].filter((each) => each !== "").map((value) => ({ value, label: t("limits.group", { group: value }) })),
    channels: TOUCHPOINTS.map((value) => ({ value, label: t(`touchpoint.${value}`) })),
  };
}
