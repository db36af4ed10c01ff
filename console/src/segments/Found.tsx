import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failed, Loading, useFormat, When } from "../parts";
import { previewOf } from "./data";
import type { Condition } from "./data";
import classes from "./Segments.module.css";
import { spaced } from "./words";

/** Whom a condition finds: how many, some of them, and which other segments they are in. */
export function Found({ when, name, only }: { when: Condition; name: string | null; only?: "overlap" }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const { data, error, isPending, isPlaceholderData } = useQuery(previewOf(when, name));
  if (error) return <Failed error={error} />;
  if (isPending) return <Loading rows={4} />;
  const overlap = data.overlap.filter(({ count }) => count > 0).slice(0, 12);
  return (
    <div data-changing={isPlaceholderData || undefined} className={classes.found}>
      {only !== "overlap" && (
        <>
          <p className={classes.big} role="status"><strong data-figure>{format.number(data.count)}</strong> {t("found.of", { share: format.share(data.share), number: format.number(data.of) })}</p>
          <p className={classes.quiet}>{t(data.from === "lake" ? "found.lake" : "found.snapshot")} <When at={data.as_of} /> · {t("found.took", { ms: format.number(data.took_ms) })}</p>
          <h3>{t("found.sample")}</h3>
          <ul className={classes.sample}>
            {data.sample.map((each) => <li key={each.person_id}><Link to={`/customers/${each.person_id}`}>{each.label}</Link> <small>{each.orders > 0 && format.money(each.revenue, each.currency)}</small></li>)}
          </ul>
          <h3>{t("overlap.title")}</h3>
        </>
      )}
      {overlap.length === 0 && <p className={classes.quiet}>{t("overlap.none")}</p>}
      <ul className={classes.overlap}>
        {overlap.map((each) => (
          <li key={each.segment}>
            <span><Link to={`/segments/${each.segment}`}>{spaced(each.segment)}</Link></span>
            <span className={classes.bar} aria-hidden><span style={{ width: `${100 * each.share}%` }} /></span>
            <span data-figure>{format.share(each.share, 0)} <small>{format.number(each.count)}</small></span>
          </li>
        ))}
      </ul>
    </div>
  );
}
