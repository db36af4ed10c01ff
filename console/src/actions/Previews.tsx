import { Slider } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "../parts";
import classes from "./Actions.module.css";
import type { Supposed, Tried } from "./data";
import { ForWhom } from "./ForWhom";
import { Preview } from "./Preview";

/** Every content of an action as it would be shown, for whom one likes. */
export function Previews({ tried, supposed, suppose, changing, discounts }: { tried: Tried; supposed: Supposed; suppose: (supposed: Supposed) => void; changing: boolean; discounts: readonly number[] }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const deepest = Math.max(0, ...discounts);
  return (
    <div className={classes.previews} data-changing={changing || undefined}>
      <ForWhom person={supposed.person} onChange={(person) => suppose({ ...supposed, person })} />
      {deepest > 0 && (
        <div>
          <span className={classes.label}>{t("preview.discount")}</span>
          <Slider thumbLabel={t("preview.discount")} min={0} max={deepest} value={supposed.discount} onChange={(discount) => suppose({ ...supposed, discount })} marks={discounts.map((value) => ({ value }))} restrictToMarks label={(value) => format.share(value / 100, 0)} />
        </div>
      )}
      {tried.contents.map((each, n) => <Preview key={n} written={each} discount={supposed.discount} />)}
      {tried.contents.length === 0 && <p className={classes.quiet}>{t("preview.none")}</p>}
    </div>
  );
}
