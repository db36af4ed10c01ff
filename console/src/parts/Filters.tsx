import { Chip, UnstyledButton } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Filters.module.css";

export interface Choice {
  value: string;
  label: string;
  count?: string;
  icon?: Icon;
}

/** Chips of which several (or, with `one`, one) can be on. */
export function Filters({ label, choices, chosen, onChange, one }: { label?: string; choices: Choice[]; chosen: string[]; onChange: (chosen: string[]) => void; one?: boolean }) {
  const { t } = useTranslation("parts");
  const toggle = (value: string) => {
    const on = chosen.includes(value);
    if (one) onChange(on ? [] : [value]);
    else onChange(on ? chosen.filter((each) => each !== value) : [...chosen, value]);
  };
  return (
    <div className={classes.filters} role="group" aria-label={label ?? t("filters.label")}>
      {choices.map(({ value, label: words, count, icon: Picture }) => (
        <Chip key={value} size="xs" variant="outline" checked={chosen.includes(value)} onChange={() => toggle(value)} classNames={{ label: classes.chip }}>
          <span className={classes.words}>
            {Picture && <Picture size={13} stroke={1.75} aria-hidden />}
            {words}
            {count !== undefined && <span className={classes.count}>{count}</span>}
          </span>
        </Chip>
      ))}
      {chosen.length > 0 && <UnstyledButton className={classes.clear} onClick={() => onChange([])}>{t("filters.clear")}</UnstyledButton>}
    </div>
  );
}
