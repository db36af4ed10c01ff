import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import classes from "./Sources.module.css";

const CASES = ["k401", "k403", "k404", "k404path", "k400", "cors", "csp", "blocked", "ok"] as const;

/** What the collector answers, and why nothing of it is seen here: for who waits in vain. */
export function Help() {
  const { t } = useTranslation("sources");
  const { public_url: address } = useSession();
  return (
    <details className={classes.help}>
      <summary>{t("help.title")}</summary>
      <p>{t("help.says")}</p>
      <dl>
        {CASES.map((each) => (
          <div key={each} style={{ display: "contents" }}>
            <dt>{t(`help.${each}.title`)}</dt>
            <dd>{t(`help.${each}.says`, { address })}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
