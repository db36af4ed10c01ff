import { useId } from "react";
import { useTranslation } from "react-i18next";
import { ALONE, CONSENT, DID, OTHER, SEGMENT } from "./conditions";
import type { Agreed, Happened } from "./conditions";
import classes from "./Segments.module.css";
import { spaced, useInWords } from "./words";

const EVENTS = ["Order Completed", "Order Refunded", "Product Viewed", "Product Added", "Product Removed", "Checkout Started", "Products Searched", "Cart Viewed", "Coupon Redeemed", "Email Opened", "Email Link Clicked", "page", "screen"];
const WINDOWS = ["1 hours", "24 hours", "7 days", "14 days", "30 days", "60 days", "90 days", "180 days", "365 days"];
const PURPOSES = ["marketing", "personalisation", "service"];
const CHANNELS = ["email", "sms", "push", "messenger", "web", "app", "kiosk", "associate", "till"];

interface Props {
  field: string;
  operator: string;
  value: unknown;
  onChange: (value: unknown) => void;
  segments: readonly string[];
  label: string;
}

/** What a rule compares with: a value, or the parts of an act, a consent, a segment. */
export function Value({ field, operator, value, onChange, segments, label }: Props) {
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
  if (ALONE.includes(operator)) return null;
  return <input type="text" value={String(value ?? "")} onChange={(event) => onChange(event.currentTarget.value)} aria-label={label} />;
}

function Act({ value, onChange }: { value: Happened; onChange: (value: Happened) => void }) {
  const { t } = useTranslation("segments");
  const words = useInWords();
  const list = useId();
  const windows = value.within === null || WINDOWS.includes(value.within) ? WINDOWS : [value.within, ...WINDOWS];
  return (
    <span className={classes.act}>
      <input list={list} value={value.event} onChange={(event) => onChange({ ...value, event: event.currentTarget.value })} aria-label={t("builder.event")} />
      <datalist id={list}>{EVENTS.map((name) => <option key={name} value={name} />)}</datalist>
      <label>{t("builder.atLeast")} <input type="number" min={1} value={value.at_least} onChange={(event) => onChange({ ...value, at_least: Math.max(1, Number(event.currentTarget.value) || 1) })} className={classes.small} /></label>
      <select value={value.within ?? ""} onChange={(event) => onChange({ ...value, within: event.currentTarget.value || null })} aria-label={t("builder.within")}>
        <option value="">{t("builder.ever")}</option>
        {windows.map((each) => <option key={each} value={each}>{t("words.within", { window: each })}</option>)}
      </select>
      {value.where !== undefined && <span className={classes.kept}>{t("words.where", { what: words(value.where as Record<string, unknown>) })}</span>}
    </span>
  );
}

function Consent({ value, onChange }: { value: Agreed; onChange: (value: Agreed) => void }) {
  const { t } = useTranslation("segments");
  const list = useId();
  return (
    <span className={classes.act}>
      <input list={list} value={value.purpose} onChange={(event) => onChange({ ...value, purpose: event.currentTarget.value })} aria-label={t("builder.purpose")} />
      <datalist id={list}>{PURPOSES.map((name) => <option key={name} value={name} />)}</datalist>
      <select value={value.channel ?? ""} onChange={(event) => onChange({ ...value, channel: event.currentTarget.value || null })} aria-label={t("builder.channel")}>
        <option value="">{t("builder.anyChannel")}</option>
        {CHANNELS.map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </span>
  );
}
