import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError, get } from "../../api/client";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Section";
import { Tag } from "../../parts/Tag";
import recordClasses from "../Record.module.css";
import classes from "./Insights.module.css";

/** What she would probably take next, and why. */
export function Recommended({ personId }: { personId: string }) {
  const { t } = useTranslation("insights");
  const { data, error, isPending, failureReason } = useQuery({
    ...get("/api/v1/persons/{person_id}/recommendations", { params: { path: { person_id: personId }, query: { k: 10 } } }),
    // the first to ask after a start or a training waits until it is loaded
    retry: (count, error) => error instanceof ApiError && error.status === 503 && count < 20,
    retryDelay: 1_500,
    staleTime: 60_000,
  });
  const untrained = error instanceof ApiError && (error.status === 404 || error.status === 409);
  return (
    <Section title={t("recommended.title")} description={t("recommended.says")}>
      {isPending && <><Loading rows={5} />{failureReason instanceof ApiError && failureReason.status === 503 && <p className={recordClasses.quiet} role="status">{t("recommended.loading")}</p>}</>}
      {error && <p className={recordClasses.quiet}>{untrained ? t("recommended.untrained") : error.message}</p>}
      {data?.fallback && <p className={recordClasses.quiet}>{data.fallback}</p>}
      {data && data.items.length === 0 && <p className={recordClasses.quiet}>{t("recommended.none")}</p>}
      <ol className={classes.recommended}>
        {data?.items.map((each) => (
          <li key={each.sku}>
            <span className={classes.item}>{each.name ?? each.sku}</span>
            <Tag tone={each.kind === "repeat" ? "ok" : "info"}>{t(`recommended.${each.kind}`)}</Tag>
            <small>{each.reason}</small>
          </li>
        ))}
      </ol>
    </Section>
  );
}
