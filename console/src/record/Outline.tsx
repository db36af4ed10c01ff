import { Skeleton, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLate } from "../app/Waiting";
import classes from "./Record.module.css";

/** Where everything will stand, before it is known. */
export function Outline() {
  const { t } = useTranslation("parts");
  const late = useLate(200);
  return (
    <div aria-busy="true" className={classes.outline} data-late={late || undefined}>
      <VisuallyHidden role="status">{late ? t("loading") : ""}</VisuallyHidden>
      <Skeleton height={24} width="45%" animate={late} />
      <Skeleton height={148} radius="lg" animate={late} />
      <Skeleton height={34} width={360} maw="100%" animate={late} />
      <div className={classes.charts}>{[1, 2, 3].map((each) => <Skeleton key={each} height={206} radius="lg" animate={late} />)}</div>
      <div className={classes.columns}>
        <Skeleton height={420} radius="lg" animate={late} />
        <Skeleton height={420} radius="lg" animate={late} />
      </div>
    </div>
  );
}

/** The same for one tab. */
export function TabOutline() {
  const late = useLate(200);
  return <div aria-busy="true" className={classes.outline} data-late={late || undefined}><Skeleton height={420} radius="lg" animate={late} /></div>;
}
