import { Autocomplete, Select, TagsInput, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import { useSession } from "../../app/session";
import { useFormat } from "../../parts";
import { useWindow } from "../../segments/words";
import classes from "../Actions.module.css";
import type { FormProps } from "./Form";

const SETTLE = 250;
const DEEPEST = 95;
const USUAL = "7 days";
const CREDITED = ["30 minutes", "4 hours", "1 day", "3 days", USUAL, "14 days", "30 days", "90 days"];

/** What it earns and costs, the product it sells, how far its price may go down. */
export function Worth({ draft, change, wrong }: FormProps) {
  const { t } = useTranslation("actions");
  const format = useFormat();
  const within = useWindow();
  const { currency } = useSession();
  const [typed] = useDebouncedValue(draft.sku, SETTLE);
  const found = useQuery({ ...get("/api/v1/products", { params: { query: { limit: 20, ...(typed ? { text: typed } : {}) } } }), placeholderData: keepPreviousData }).data?.products ?? [];
  const product = found.find(({ sku }) => sku === draft.sku);
  const money = (name: "value" | "cost" | "floor") => (
    <TextInput label={t(`form.${name}`)} description={t(`form.${name}Says`)} value={draft[name]} onChange={(event) => change({ [name]: event.currentTarget.value })} error={wrong(name)} inputMode="decimal" rightSection={currency ? <span className={classes.unit}>{currency}</span> : undefined} rightSectionWidth={48} />
  );
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>{money("value")}{money("cost")}</div>
      <Autocomplete
        label={t("form.sku")} description={product ? [product.name, product.price === null ? null : format.money(product.price)].filter(Boolean).join(", ") : t("form.skuSays")} data={found.map(({ sku }) => sku)} value={draft.sku} onChange={(sku) => change({ sku })} error={wrong("stock")} maxLength={200}
        filter={({ options }) => options} renderOption={({ option }) => { const one = found.find(({ sku }) => sku === option.value); return <span>{one?.name ?? option.value} <small className={classes.quiet}>{option.value}</small></span>; }}
      />
      {(draft.sku !== "" || draft.discounts.length > 0 || draft.floor !== "") && (
        <div className={classes.pair}>
          <TagsInput label={t("form.discounts")} description={t("form.discountsSay")} data={["0", "5", "10", "15", "20", "25", "30"]} value={draft.discounts.map(String)} error={wrong("discounts")} onChange={(each) => change({ discounts: [...new Set(each.map((one) => Number(one.replace("%", "").trim())).filter((one) => Number.isInteger(one) && one >= 0 && one <= DEEPEST))].sort((a, b) => a - b) })} />
          {money("floor")}
        </div>
      )}
      {(draft.sku !== "" || draft.kind === "recommendation" || draft.attribution !== "") && (
        <Select label={t("form.attribution")} description={t("form.attributionSays")} allowDeselect={false} data={[...new Set([draft.attribution || USUAL, ...CREDITED])].map((value) => ({ value, label: within(value) }))} value={draft.attribution || USUAL} onChange={(next) => next && change({ attribution: next === USUAL ? "" : next })} error={wrong("attribution")} />
      )}
    </div>
  );
}
