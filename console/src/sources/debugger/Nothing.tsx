import { IconActivity } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { Code, Empty } from "../../parts";
import { tryLine } from "../filled";
import classes from "./Debugger.module.css";

/** Before anything came: a line that makes something come. */
export function Nothing({ freshKey }: { freshKey: string | null }) {
  const { t } = useTranslation("sources");
  const { public_url: address } = useSession();
  return (
    <div className={classes.pad}>
      <Empty icon={IconActivity} title={t("debug.emptyTitle")} small>{t("debug.empty")}</Empty>
      <Code text={tryLine(address, freshKey)} language="shell" />
    </div>
  );
}
