import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { PERIODS } from "./data";

/** How far back, as the address says it. */
export function usePeriod(): [number, (days: number) => void] {
  const [search, setSearch] = useSearchParams();
  const said = Number(search.get("days"));
  const days = PERIODS.find((each) => each === said) ?? 30;
  return [days, (next) => setSearch(next === 30 ? {} : { days: String(next) }, { replace: true, preventScrollReset: true })];
}

export function Period() {
  const { t } = useTranslation("policy");
  const [days, choose] = usePeriod();
  return <SegmentedControl size="xs" aria-label={t("period.label")} value={String(days)} onChange={(next) => choose(Number(next))} data={PERIODS.map((each) => ({ value: String(each), label: each === 365 ? t("period.year") : t("period.days", { count: each }) }))} />;
}
