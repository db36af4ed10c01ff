import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { knock, useAway } from "../api/reach";
import classes from "./Away.module.css";

/** A line above the page while the server does not answer. It knocks, and asks everything anew once somebody opens. */
export function Away() {
  const { t } = useTranslation();
  const away = useAway();
  const client = useQueryClient();
  useEffect(() => {
    if (!away) return;
    let [wait, timer] = [1_000, 0];
    const again = async () => {
      if (await knock()) void client.invalidateQueries();
      else {
        wait = Math.min(wait * 1.5, 8_000);
        timer = window.setTimeout(() => void again(), wait);
      }
    };
    timer = window.setTimeout(() => void again(), wait);
    return () => window.clearTimeout(timer);
  }, [away, client]);
  return (
    <div role="status" className={classes.place}>
      {away && (
        <div className={classes.away}>
          <IconPlugConnectedX size={17} stroke={1.75} aria-hidden />
          <strong>{t("away.title")}</strong>
          <span>{t("away.trying")}</span>
        </div>
      )}
    </div>
  );
}
