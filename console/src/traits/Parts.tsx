import { Autocomplete, Button, Input, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { emptyQuery } from "../segments/conditions";
import { useOffered } from "../segments/vocabulary";
import type { FieldWords } from "../segments/vocabulary";
import { Where } from "../segments/Where";
import { useWindow } from "../segments/words";
import { useTraits } from "./data";
import { HOWS, partsOf } from "./definition";
import type { Draft, How } from "./definition";
import classes from "./Traits.module.css";

const WINDOWS = ["24 hours", "7 days", "14 days", "30 days", "60 days", "90 days", "180 days", "365 days", "730 days"];
const PERS = ["1 day", "7 days", "30 days", "90 days", "365 days"];
const SUMMED: readonly How[] = ["sum", "mean", "min", "max"];

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** What is wrong, by the part that it is wrong with. */
  wrong: Partial<Record<keyof Draft, string>>;
}

/** The parts of a definition that go with what is computed. */
export function Parts({ draft, change, wrong }: Props) {
  const { t } = useTranslation("traits");
  const { data } = useTraits();
  const { events, inEvents } = useOffered();
  const window = useWindow();
  const parts = partsOf(draft.how);
  const known = inEvents([draft.of]);
  const paths = (fits: (kind: FieldWords["kind"]) => boolean) => [...new Set(known.filter(({ kind }) => fits(kind)).map(({ path }) => path))];
  const numbers = paths((kind) => kind === "number" || kind === "mixed");
  const kinds = paths((kind) => kind === "text" || kind === "flag" || kind === "mixed");
  const names = [{ value: "", label: "" }, ...(data?.traits ?? []).map(({ name, title }) => ({ value: name, label: title || name.replaceAll("_", " ") }))];
  const within = (label: string, key: "window" | "per", choices: readonly string[], ever: boolean) => (
    <NativeSelect label={label} error={wrong[key]} value={draft[key]} onChange={(event) => change({ [key]: event.currentTarget.value })} data={[...(ever ? [{ value: "", label: t("form.ever") }] : []), ...choices.map((each) => ({ value: each, label: t("form.last", { window: window(each) }) }))]} />
  );
  return (
    <>
      <NativeSelect label={t("form.how")} value={draft.how} onChange={(event) => change({ how: event.currentTarget.value as How })} data={HOWS.map((how) => ({ value: how, label: t(`how.${how}`) }))} />
      {parts.field && <Autocomplete label={t("form.field")} description={t("form.fieldSays")} error={wrong.field} value={draft.field} onChange={(field) => change({ field })} data={SUMMED.includes(draft.how) ? numbers : [...kinds, ...numbers]} required />}
      {parts.of && <Autocomplete label={t("form.of")} error={wrong.of} value={draft.of} onChange={(of) => change({ of })} data={[...events]} required />}
      {parts.of && <OnlySome draft={draft} change={change} wrong={wrong.where} />}
      {parts.window && within(t("form.window"), "window", WINDOWS, draft.how !== "rate")}
      {parts.per && within(t("form.per"), "per", PERS, false)}
      {parts.by && <Autocomplete label={t("form.by")} description={draft.how === "share" ? t("form.byShare") : t("form.bySays")} error={wrong.by} value={draft.by} onChange={(by) => change({ by })} data={kinds} />}
      {parts.weight && <Autocomplete label={t("form.weight")} description={t("form.weightSays")} error={wrong.weight} value={draft.weight} onChange={(weight) => change({ weight })} data={numbers} />}
      {parts.ratio && <NativeSelect label={t("form.above")} error={wrong.above} value={draft.above} onChange={(event) => change({ above: event.currentTarget.value })} data={names} required />}
      {parts.ratio && <NativeSelect label={t("form.below")} description={t("form.belowSays")} value={draft.below} onChange={(event) => change({ below: event.currentTarget.value })} data={names} required />}
    </>
  );
}

function OnlySome({ draft, change, wrong }: { draft: Draft; change: Props["change"]; wrong: string | undefined }) {
  const { t } = useTranslation("traits");
  const begin = { ...emptyQuery(), rules: [{ field: "", operator: "=", value: "" }] };
  return (
    <div className={classes.where} role="group" aria-label={t("form.where")}>
      <div className={classes.whereHead}>
        <span>{t("form.where")}</span>
        {draft.where === null
          ? <Button size="xs" variant="default" onClick={() => change({ where: begin })}>{t("form.addWhere")}</Button>
          : <Button size="xs" variant="subtle" onClick={() => change({ where: null })}>{t("form.dropWhere")}</Button>}
      </div>
      {draft.where !== null && <Where query={draft.where} onChange={(where) => change({ where })} events={[draft.of]} />}
      {wrong && <Input.Error>{wrong}</Input.Error>}
    </div>
  );
}
