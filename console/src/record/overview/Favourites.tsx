import { useState } from "react";
import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ChannelBadge } from "../../parts/Channel";
import { useFormat } from "../../parts/format";
import { Section } from "../../parts/Section";
import type { GoldenRecord } from "../data";
import classes from "./Overview.module.css";
import { scaled } from "./scale";

type Favourite = GoldenRecord["favourites"][string][number];
type Measure = "bought" | "seen";
const DIMENSIONS = ["channel", "category", "brand", "store", "hour", "device"] as const;

/** Where, what and when she likes best, as far as what she did tells. */
export function Favourites({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const dimensions = DIMENSIONS.filter((name) => (record.favourites[name] ?? []).length > 0);
  const any = (measure: Measure) => dimensions.some((name) => record.favourites[name]!.some((each) => each[measure] > 0));
  const [chosen, choose] = useState<Measure | null>(null);
  const measure = chosen ?? (any("bought") ? "bought" : "seen");
  if (dimensions.length === 0) return null;
  const data = [{ value: "bought", label: t("favourites.bought") }, { value: "seen", label: t("favourites.seen") }];
  const control = any("bought") && any("seen") && <SegmentedControl size="xs" value={measure} onChange={(value) => choose(value as Measure)} data={data} aria-label={t("favourites.measure")} />;
  return (
    <Section title={t("favourites.title")} aside={control}>
      <div className={classes.favourites}>
        {dimensions.map((name) => <Dimension key={name} name={name} values={record.favourites[name]!} measure={measure} />)}
      </div>
    </Section>
  );
}

function Dimension({ name, values, measure }: { name: (typeof DIMENSIONS)[number]; values: Favourite[]; measure: Measure }) {
  const { t } = useTranslation("record");
  const format = useFormat();
  const shown = values.filter((each) => each[measure] > 0).sort((one, other) => other[measure] - one[measure]);
  const bars = scaled(shown.map((each) => each[measure]));
  if (shown.length === 0) return null;
  return (
    <div>
      <h3 className={classes.small}>{t(`favourites.${name}`)} <span>{t(`favourites.unit.${measure}.${measure === "bought" && (name === "category" || name === "brand") ? "pieces" : "each"}`)}</span></h3>
      <ul className={classes.bars}>
        {shown.map((each, at) => (
          <li key={each.value}>
            <span className={classes.barName}>{name === "channel" ? <ChannelBadge channel={each.value} /> : name === "hour" ? hours(each.value) : each.value}</span>
            <Bar {...bars[at]!} />
            <span data-figure className={classes.barFigure}>{format.number(each[measure])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A bar as long as its share; notched where it was cut. */
function Bar({ share, cut }: { share: number; cut: boolean }) {
  return (
    <svg className={classes.bar} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
      <rect width="100" height="8" rx="1" fill="var(--segue-sunken)" />
      <rect width={Math.max(1.5, share * 100)} height="8" rx="1" fill="var(--segue-series-1)" />
      {cut && <path d="M78 9 L82 -1 M82 9 L86 -1" stroke="var(--segue-surface)" strokeWidth="1.6" />}
    </svg>
  );
}

function hours(hour: string): string {
  const from = Number(hour);
  return Number.isNaN(from) ? hour : `${from}:00–${(from + 1) % 24}:00`;
}
