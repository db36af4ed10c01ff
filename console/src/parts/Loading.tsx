import { Skeleton, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLate } from "../app/Waiting";
import classes from "./Loading.module.css";

/** Grey lines in the place of what comes; nothing at all for the first 200 ms, so that quick answers do not flash. */
export function Loading({ rows = 4, height = 14, page }: { rows?: number; height?: number; page?: boolean }) {
  const { t } = useTranslation("parts");
  const late = useLate(200);
  return (
    <div className={classes.loading} aria-busy="true" data-page={page || undefined}>
      <VisuallyHidden role="status">{late ? t("loading") : ""}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} visible={late} animate={late} height={height} width={`${92 - ((row * 37) % 45)}%`} radius="sm" opacity={late ? 1 : 0} />
      ))}
    </div>
  );
}
