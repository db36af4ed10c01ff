import { useId } from "react";
import { useTranslation } from "react-i18next";
import { CONSENT, DID, emptyQuery, OTHER, SEGMENT } from "./conditions";
import type { Agreed, Happened } from "./conditions";
import { Plain } from "./Plain";
import classes from "./Segments.module.css";
import { useOffered } from "./vocabulary";
import type { FieldWords } from "./vocabulary";
import { Where } from "./Where";
import { spaced, useInWords, useWindow } from "./words";

const WINDOWS = ["1 hour", "24 hours", "7 days", "14 days", "30 days", "60 days", "90 days", "180 days", "365 days"];
const CHANNELS = ["email", "sms", "push", "messenger", "web", "app", "kiosk", "associate", "till"];

interface Props {
  field: string;
  known: FieldWords | undefined;
  operator: string;
  value: unknown;
  onChange: (value: unknown) => void;
  segments: readonly string[];
  label: string;
}

/** What a rule compares with: a value, or the parts of an act, a consent, a segment. */
export function Value({ field, known, operator, value, onChange, segments, label }: Props) {
  const words = useInWords();
  if (field === OTHER) return <span className={classes.kept}>{words(value as Record<string, unknown>)}</span>;
  if (field === DID) return <Act value={value as Happened} onChange={onChange} />;
  if (field === CONSENT) return <Consent value={value as Agreed} onChange={onChange} />;
  if (field === SEGMENT) {
    return (
      <select value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} aria-label={label}>
        <option value="" />
        {segments.map((name) => <option key={name} value={name}>{spaced(name)}</option>)}
      </select>
    );
  }
  return <Plain field={known} operator={operator} value={value} onChange={onChange} label={label} />;
}

function Act({ value, onChange }: { value: Happened; onChange: (value: Happened) => void }) {
  const { t } = useTranslation("segments");
  const { events } = useOffered();
  const within = useWindow();
  const list = useId();
  const windows = value.within === null || WINDOWS.includes(value.within) ? WINDOWS : [value.within, ...WINDOWS];
  const { where, ...whole } = value;
  return (
    <div className={classes.whole}>
      <span className={classes.act}>
        <input list={list} value={value.event} onChange={(event) => onChange({ ...value, event: event.currentTarget.value })} aria-label={t("builder.event")} />
        <datalist id={list}>{events.map((name) => <option key={name} value={name} />)}</datalist>
        <label>{t("builder.atLeast")} <input type="number" min={1} value={value.at_least} onChange={(event) => onChange({ ...value, at_least: Math.max(1, Number(event.currentTarget.value) || 1) })} className={classes.small} /> {t("builder.times", { count: value.at_least })}</label>
        <select value={value.within ?? ""} onChange={(event) => onChange({ ...value, within: event.currentTarget.value || null })} aria-label={t("builder.within")}>
          <option value="">{t("builder.ever")}</option>
          {windows.map((each) => <option key={each} value={each}>{t("words.within", { window: within(each) })}</option>)}
        </select>
        {where === undefined && <button type="button" onClick={() => onChange({ ...value, where: { ...emptyQuery(), rules: [{ field: "", operator: "=", value: "" }] } })}>{t("builder.addWhere")}</button>}
      </span>
      {where !== undefined && (
        <fieldset className={classes.where}>
          <legend>{t("builder.where", { event: value.event })} <button type="button" onClick={() => onChange(whole)}>{t("builder.dropWhere")}</button></legend>
          <Where query={where} onChange={(next) => onChange({ ...value, where: next })} events={[value.event]} />
        </fieldset>
      )}
    </div>
  );
}

function Consent({ value, onChange }: { value: Agreed; onChange: (value: Agreed) => void }) {
  const { t } = useTranslation("segments");
  const { purposes } = useOffered();
  const list = useId();
  const channels = purposes.find(({ name }) => name === value.purpose)?.channels ?? CHANNELS;
  return (
    <span className={classes.act}>
      <input list={list} value={value.purpose} onChange={(event) => onChange({ ...value, purpose: event.currentTarget.value })} aria-label={t("builder.purpose")} />
      <datalist id={list}>{purposes.map(({ name }) => <option key={name} value={name} />)}</datalist>
      <select value={value.channel ?? ""} onChange={(event) => onChange({ ...value, channel: event.currentTarget.value || null })} aria-label={t("builder.channel")}>
        <option value="">{t("builder.anyChannel")}</option>
        {[...new Set([...channels, ...(value.channel === null ? [] : [value.channel])])].map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </span>
  );
}
