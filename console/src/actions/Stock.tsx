import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { get } from "../api/client";
import { Failed, Loading, Section, Tag, useFormat, When } from "../parts";
import classes from "./Actions.module.css";

/** How many of its product there are, store by store. */
export function Stock({ sku }: { sku: string }) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const { data, error, refetch } = useQuery({ ...get("/api/v1/inventory", { params: { query: { sku } } }), refetchInterval: 15_000 });
  const stores = useQuery({ ...get("/api/v1/stores"), staleTime: 5 * 60_000 }).data?.stores ?? [];
  const nameOf = (store: string) => (store === "" ? t("stock.warehouse") : (stores.find((each) => each.store === store)?.name ?? store));
  const inventory = data?.inventory;
  return (
    <Section title={t("stock.title")} aside={<Link className={classes.link} to={`/products?sku=${encodeURIComponent(sku)}`}>{sku}</Link>}>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={3} />}
      {inventory?.length === 0 && <p className={classes.quiet}>{t("stock.none")}</p>}
      <ul className={classes.stock}>
        {inventory?.map((each) => (
          <li key={each.store}>
            <span>{nameOf(each.store ?? "")}</span>
            <span data-figure>{typeof each.on_hand !== "number" ? t("stock.uncounted") : each.on_hand === 0 ? <Tag tone="wrong">{t("stock.out")}</Tag> : t("stock.pieces", { count: each.on_hand, number: format.number(each.on_hand) })} {each.price && format.money(each.price)} {each.updated_at && <small><When at={each.updated_at} /></small>}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
