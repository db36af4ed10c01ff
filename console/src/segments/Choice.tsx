import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { VersatileSelectorProps } from "react-querybuilder";

interface One {
  name?: string;
  value?: string;
  label: string;
}

/** One of several, named for who does not see it; nothing where there is nothing to choose. */
export function Choice({ options, value, handleOnChange, title, className, children }: VersatileSelectorProps & { children?: React.ReactNode }) {
  const entries = options as (One & { options?: One[] })[];
  const all = entries.flatMap((each) => each.options ?? [each]);
  if (all.length < 2 && !children) return null;
  const one = (each: One) => <option key={each.value ?? each.name} value={each.value ?? each.name}>{each.label}</option>;
  return (
    <select className={className} value={value} onChange={(event) => handleOnChange(event.currentTarget.value)} aria-label={title}>
      {entries.map((each) => (each.options ? each.options.length > 0 && <optgroup key={each.label} label={each.label}>{each.options.map(one)}</optgroup> : one(each)))}
      {children}
    </select>
  );
}

const TYPED = "…";

/** A field: one of those that are known here, or any other by its path. */
export function FieldChoice(props: VersatileSelectorProps) {
  const { t } = useTranslation("segments");
  const [typing, type] = useState<string | null>(null);
  if (typing === null) {
    const choose = (value: string) => (value === TYPED ? type("") : props.handleOnChange(value));
    return <Choice {...props} handleOnChange={choose as typeof props.handleOnChange}><option value={TYPED}>{t("builder.other")}</option></Choice>;
  }
  const end = () => {
    if (/^[^.\s]+(\.[^.\s][^.]*)*$/.test(typing.trim())) props.handleOnChange(typing.trim());
    type(null);
  };
  return (
    <input
      type="text" autoFocus value={typing} placeholder="attributes.…" aria-label={t("builder.otherPath")} onChange={(event) => type(event.currentTarget.value)} onBlur={end}
      onKeyDown={(event) => (event.key === "Enter" ? end() : event.key === "Escape" ? type(null) : undefined)}
    />
  );
}
