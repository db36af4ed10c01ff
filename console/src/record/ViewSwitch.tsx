import { SegmentedControl, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { Hint } from "../parts/Hint";
import type { View } from "./data";
import classes from "./Record.module.css";

/** How sure a link must be to count: certain, or likely as well. */
export function ViewSwitch({ view }: { view: View }) {
  const { t } = useTranslation("record");
  const navigate = useNavigate();
  const { hash } = useLocation();
  const choose = (next: string) => void navigate({ search: next === "likely" ? "?view=likely" : "", hash }, { replace: true, preventScrollReset: true });
  const says = (
    <Stack gap={6}>
      <Text size="sm"><b>{t("view.certain")}</b>: {t("view.certainSays")}</Text>
      <Text size="sm"><b>{t("view.likely")}</b>: {t("view.likelySays")}</Text>
    </Stack>
  );
  return (
    <span className={classes.switch}>
      <SegmentedControl
        size="xs"
        value={view}
        onChange={choose}
        aria-label={t("view.label")}
        data={[{ value: "certain", label: t("view.certain") }, { value: "likely", label: t("view.likely") }]}
      />
      <Hint says={says} label={t("view.explain")} plain><IconInfoCircle size={17} stroke={1.6} aria-hidden /></Hint>
    </span>
  );
}
