import { Button, Drawer, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBox, IconBuildingStore, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { get } from "../api/client";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page, Tag, useFormat, VirtualRows, When } from "../parts";
import type { Column } from "../parts";
import { useProducts, useStores } from "./data";
import type { Product } from "./data";
import { Edit } from "./Edit";
import { Stores } from "./Stores";
import classes from "./Products.module.css";

const SETTLE = 250;

/** What is sold, what it costs and how many there are. */
export default function Products() {
  const { t } = useTranslation("products");
  const { may } = useSession();
  if (!may("catalogue")) return <Denied title={t("title")} />;
  return <All />;
}

function All() {
  const { t } = useTranslation("products");
  const { t: ta } = useTranslation("actions");
  const { may } = useSession();
  const [params, setParams] = useSearchParams();
  const opened = params.get("sku");
  const [typed, type] = useState("");
  const [text] = useDebouncedValue(typed.trim(), SETTLE);
  const [adding, add] = useState(false);
  const asked = useProducts(text);
  const stores = useStores().data?.stores.length ?? 0;
  const [at, look] = useState(false);
  const rows = asked.data?.pages.flatMap(({ products }) => products) ?? [];
  const places = (stores > 0 || may("tell_catalogue")) && <Button variant="default" leftSection={<IconBuildingStore size={16} />} onClick={() => look(true)}>{stores > 0 ? t("stores", { count: stores }) : t("place.title")}</Button>;
  const make = may("tell_catalogue") && <Button leftSection={<IconPlus size={16} />} onClick={() => add(true)}>{t("add")}</Button>;
  const open = (sku: string | null) => setParams(sku === null ? {} : { sku });
  return (
    <Page title={t("title")} description={t("says")} focusKey="products" above={may("actions") && <Link to="/actions">← {ta("title")}</Link>} actions={<>{places}{make}</>}>
      {(rows.length > 0 || text !== "") && <TextInput className={classes.search} aria-label={t("search")} placeholder={t("search")} leftSection={<IconSearch size={16} />} value={typed} onChange={(event) => type(event.currentTarget.value)} />}
      {asked.error && rows.length === 0 && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.isPending && <Loading rows={8} />}
      {asked.isSuccess && rows.length === 0 && (text === "" ? <Empty icon={IconBox} title={t("none")} action={make}>{t("noneSays")}</Empty> : <p className={classes.quiet}>{t("noneFound")}</p>)}
      {rows.length > 0 && <List rows={rows} onOpen={open} more={{ hasMore: asked.hasNextPage, onMore: () => void asked.fetchNextPage(), loadingMore: asked.isFetchingNextPage, error: asked.isFetchNextPageError ? asked.error : undefined }} />}
      {opened !== null && <Opened sku={opened} known={rows.find(({ sku }) => sku === opened)} onClose={() => open(null)} />}
      <Drawer opened={at} onClose={() => look(false)} position="right" size="lg" title={<Text fw={620} size="lg">{t("place.title")}</Text>}><Stores /></Drawer>
      <Drawer opened={adding} onClose={() => add(false)} position="right" size="lg" title={<Text fw={620} size="lg">{t("add")}</Text>}>
        <Edit product={null} onDone={(sku) => { add(false); open(sku); }} />
      </Drawer>
    </Page>
  );
}

interface ListProps {
  rows: Product[];
  onOpen: (sku: string) => void;
  more: { hasMore: boolean; onMore: () => void; loadingMore: boolean; error: unknown };
}

function List({ rows, onOpen, more }: ListProps) {
  const { t } = useTranslation("products");
  const format = useFormat();
  const price = (each: Product) => (each.price ? format.money(each.price) : <span className={classes.quiet}>–</span>);
  const columns: Column<Product>[] = [
    { key: "product", title: t("column.product"), width: "minmax(12rem, 2fr)", cell: (each) => <Called product={each} /> },
    { key: "category", title: t("column.category"), width: "minmax(8rem, 1fr)", cell: (each) => [each.category, each.brand].filter(Boolean).join(", ") || <span className={classes.quiet}>–</span> },
    { key: "price", title: t("column.price"), width: "7rem", align: "end", cell: price },
    { key: "updated", title: t("column.updated"), width: "8rem", align: "end", cell: (each) => each.updated_at && <When at={each.updated_at} /> },
  ];
  return (
    <VirtualRows
      label={t("title")} rows={rows} rowKey={({ sku }) => sku} columns={columns} onOpen={({ sku }) => onOpen(sku)} {...more}
      card={(each) => <div className={classes.card}><Called product={each} /><span>{price(each)} <small className={classes.quiet}>{each.category}</small></span></div>}
    />
  );
}

function Called({ product }: { product: Product }) {
  const { t } = useTranslation("products");
  return <span className={classes.called}><strong>{product.name ?? product.sku}</strong> <small>{product.sku}</small> {product.active === false && <Tag tone="watch">{t("inactive")}</Tag>}</span>;
}

function Opened({ sku, known, onClose }: { sku: string; known: Product | undefined; onClose: () => void }) {
  const asked = useQuery({ ...get("/api/v1/products", { params: { query: { text: sku, limit: 50 } } }), enabled: known === undefined });
  const product = known ?? asked.data?.products.find((each) => each.sku === sku) ?? (asked.isSuccess ? { sku, name: sku } as Product : undefined);
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={<Text fw={620} size="lg">{product?.name ?? sku}</Text>}>
      {product ? <Edit key={product.sku} product={product} onDone={() => undefined} /> : asked.error ? <Failed error={asked.error} /> : <Loading rows={6} />}
    </Drawer>
  );
}
