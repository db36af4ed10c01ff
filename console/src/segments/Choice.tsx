import type { VersatileSelectorProps } from "react-querybuilder";

interface One {
  name?: string;
  value?: string;
  label: string;
}

/** One of several, named for who does not see it; nothing where there is nothing to choose. */
export function Choice({ options, value, handleOnChange, title, className }: VersatileSelectorProps) {
  const entries = options as (One & { options?: One[] })[];
  const all = entries.flatMap((each) => each.options ?? [each]);
  if (all.length < 2) return null;
  const one = (each: One) => <option key={each.value ?? each.name} value={each.value ?? each.name}>{each.label}</option>;
  return (
    <select className={className} value={value} onChange={(event) => handleOnChange(event.currentTarget.value)} aria-label={title}>
      {entries.map((each) => (each.options ? <optgroup key={each.label} label={each.label}>{each.options.map(one)}</optgroup> : one(each)))}
    </select>
  );
}
