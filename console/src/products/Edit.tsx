import { Button, Group, NumberInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { called, useActions } from "../actions/data";
import { amount, SENSITIVE } from "../actions/draft";
import { useSession } from "../app/session";
import { done, Failed, Loading, When } from "../parts";
import { useStock, useStores, useTell } from "./data";
import type { Product, Stock } from "./data";
import classes from "./Products.module.css";

/** A product, new or not; then its stock, store by store, and the actions that sell it. */
export function Edit({ product, onDone }: { product: Product | null; onDone: (sku: string) => void }) {
  const { may } = useSession();
  return (
    <Stack gap="xl">
      <Facts product={product} onDone={onDone} />
      {product && <Pieces product={product} />}
      {product && may("actions") && <SoldBy sku={product.sku} />}
    </Stack>
  );
}

const FIELDS = ["name", "category", "brand", "price", "image", "url"] as const;

function Facts({ product, onDone }: { product: Product | null; onDone: (sku: string) => void }) {
  const { t } = useTranslation("products");
  const { t: ta } = useTranslation("actions");
  const { may } = useSession();
  const { product: tell } = useTell();
  const [told, change] = useState<Partial<Product>>(product ?? { active: true, sensitivity: "none" });
  const fixed = !may("tell_catalogue");
  const price = amount(told.price ?? "");
  const wrong = typeof price === "string" || (price !== null && price < 0);
  const sku = (told.sku ?? "").trim();
  const save = async () => {
    const said = Object.fromEntries(FIELDS.flatMap((name) => (told[name] ? [[name, told[name]]] : [])));
    await tell.mutateAsync({ ...said, ...(price === null ? {} : { price: String(price) }), sku, active: told.active ?? true, sensitivity: told.sensitivity ?? "none" });
    done(t("saved", { name: told.name || sku }));
    onDone(sku);
  };
  const field = (name: (typeof FIELDS)[number]) => (
    <TextInput label={t(name)} value={told[name] ?? ""} readOnly={fixed} onChange={(event) => change({ ...told, [name]: event.currentTarget.value })} inputMode={name === "price" ? "decimal" : undefined} error={name === "price" && wrong ? t("wrongPrice") : undefined} maxLength={2000} />
  );
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (sku !== "" && !wrong && !fixed) void save().catch(() => undefined); }}>
      <Stack gap="sm">
        {product === null && <TextInput label={t("sku")} value={told.sku ?? ""} onChange={(event) => change({ ...told, sku: event.currentTarget.value })} required maxLength={500} />}
        {field("name")}
        <div className={classes.pair}>{field("category")}{field("brand")}</div>
        <div className={classes.pair}>
          {field("price")}
          <Select label={t("sensitivity")} allowDeselect={false} disabled={fixed} data={SENSITIVE.map((value) => ({ value, label: ta(`sensitivity.${value}`) }))} value={told.sensitivity ?? "none"} onChange={(next) => change({ ...told, sensitivity: (next ?? "none") as Product["sensitivity"] })} />
        </div>
        <div className={classes.pair}>{field("image")}{field("url")}</div>
        <Switch label={t("active")} checked={told.active !== false} disabled={fixed} onChange={(event) => change({ ...told, active: event.currentTarget.checked })} />
        {tell.error && <Failed error={tell.error} />}
        {!fixed && <Group justify="flex-end"><Button type="submit" loading={tell.isPending} disabled={sku === "" || wrong}>{t("save")}</Button></Group>}
      </Stack>
    </form>
  );
}

function Pieces({ product }: { product: Product }) {
  const { t } = useTranslation("products");
  const { data, error, refetch } = useStock(product.sku);
  return (
    <section aria-labelledby="stock-title">
      <h2 id="stock-title" className={classes.title}>{t("stock.title")}</h2>
      <p className={classes.quiet}>{t("stock.says")}</p>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={3} />}
      {data && <Rows key={data.inventory.map(({ store, updated_at }) => `${store ?? ""}${updated_at ?? ""}`).join()} product={product} held={data.inventory} />}
    </section>
  );
}

function Rows({ product, held }: { product: Product; held: Stock[] }) {
  const { t } = useTranslation("products");
  const { may } = useSession();
  const { stock: tell } = useTell();
  const stores = useStores().data?.stores ?? [];
  const [rows, change] = useState<Stock[]>(held);
  const fixed = !may("tell_catalogue");
  const nameOf = (store: string) => (store === "" ? t("stock.warehouse") : (stores.find((each) => each.store === store)?.name ?? store));
  const set = (store: string, part: Partial<Stock>) => change(rows.map((each) => ((each.store ?? "") === store ? { ...each, ...part } : each)));
  const others = ["", ...stores.map(({ store }) => store)].filter((store) => !rows.some((each) => (each.store ?? "") === store));
  const changed = rows.filter((each) => { const before = held.find(({ store }) => store === each.store); return !before || before.on_hand !== each.on_hand || (before.price ?? "") !== (each.price ?? ""); });
  const wrong = (price: string | null | undefined) => { const read = amount(price ?? ""); return typeof read === "string" || (read !== null && read < 0); };
  const save = async () => {
    await tell.mutateAsync(changed.map(({ store, on_hand, price }) => ({ sku: product.sku, store, on_hand, ...(amount(price ?? "") === null ? {} : { price: String(amount(price ?? "")) }) })));
    done(t("stockSaved", { name: product.name ?? product.sku }));
  };
  return (
    <Stack gap="sm" mt="xs">
      {rows.length === 0 && <p className={classes.quiet}>{t("stock.none")}</p>}
      {rows.map((each) => {
        const store = each.store ?? "";
        return (
          <fieldset key={store} className={classes.store}>
            <legend>{nameOf(store)} {each.updated_at && <small><When at={each.updated_at} /></small>}</legend>
            <NumberInput label={t("stock.pieces")} min={0} allowDecimal={false} value={each.on_hand ?? ""} placeholder={t("stock.uncounted")} readOnly={fixed} onChange={(value) => set(store, { on_hand: value === "" ? null : Math.max(0, Number(value) || 0) })} />
            <TextInput label={t("stock.price")} placeholder={t("stock.samePrice")} value={each.price ?? ""} readOnly={fixed} onChange={(event) => set(store, { price: event.currentTarget.value || null })} inputMode="decimal" error={wrong(each.price) ? t("wrongPrice") : undefined} />
          </fieldset>
        );
      })}
      {tell.error && <Failed error={tell.error} />}
      {!fixed && (
        <Group justify="space-between" align="end">
          {others.length > 0 && <Select label={t("stock.add")} placeholder={t("stock.addAt")} searchable value={null} data={others.map((store) => ({ value: store === "" ? " " : store, label: nameOf(store) }))} onChange={(store) => store !== null && change([...rows, { sku: product.sku, store: store.trim(), on_hand: 0, price: null } as Stock])} />}
          <Button onClick={() => void save().catch(() => undefined)} loading={tell.isPending} disabled={changed.length === 0 || changed.some(({ price }) => wrong(price))}>{t("stock.save")}</Button>
        </Group>
      )}
    </Stack>
  );
}

function SoldBy({ sku }: { sku: string }) {
  const { t } = useTranslation("products");
  const { may } = useSession();
  const actions = useActions().data?.actions.filter((each) => each.sku === sku);
  return (
    <section aria-labelledby="sold-title">
      <h2 id="sold-title" className={classes.title}>{t("actions.title")}</h2>
      {actions?.length === 0 && <p className={classes.quiet}>{t("actions.none")}</p>}
      <ul className={classes.sold}>{actions?.map((each) => <li key={each.name}><Link to={`/actions/${each.name}`}>{called(each)}</Link></li>)}</ul>
      {may("shape") && <Button mt="xs" size="xs" variant="default" component={Link} to="/actions/new" state={{ copy: { kind: "offer", stock: { sku }, caps: [{ per: "person", max: 3, within: "7 days" }], suppress: [{ outcome: "dismissed", count: 2, within: "30 days", pause: "30 days" }], content: [{ format: "banner" }] } }}>{t("actions.make")}</Button>}
    </section>
  );
}
