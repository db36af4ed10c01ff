import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Overview.module.css";

/** The first rows of a list, and the button that shows the others. */
export function useFirst<Row>(rows: readonly Row[], first: number): [readonly Row[], ReactNode] {
  const { t } = useTranslation("record");
  const [all, setAll] = useState(false);
  const left = rows.length - first;
  // a button for one more row would take the place of that row
  if (all || left <= 1) return [rows, null];
  return [rows.slice(0, first), <UnstyledButton key="more" className={classes.more} onClick={() => setAll(true)}>{t("more", { count: left })}</UnstyledButton>];
}
