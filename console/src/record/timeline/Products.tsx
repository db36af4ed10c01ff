import { Table, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import classes from "./Detail.module.css";
import { text } from "./words";

const AT_FIRST = 8;

/** The products of an order or a cart, as a receipt would list them. */
export function Products({ products, currency }: { products: Record<string, unknown>[]; currency: unknown }) {
  const { t } = useTranslation("timeline");
  const format = useFormat();
  const [all, setAll] = useState(false);
  const shown = all ? products : products.slice(0, AT_FIRST);
  const left = products.length - shown.length;
  return (
    <>
      <Table className={classes.products} verticalSpacing={4} horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("detail.product")}</Table.Th>
            <Table.Th ta="end">{t("detail.quantity")}</Table.Th>
            <Table.Th ta="end">{t("detail.price")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((each, n) => (
            <Table.Tr key={n}>
              <Table.Td>
                {text(each.name) ?? text(each.product_id) ?? text(each.sku) ?? "–"}
                <span className={classes.beside}>{[text(each.brand), text(each.category)].filter(Boolean).join(" · ")}</span>
              </Table.Td>
              <Table.Td ta="end">{typeof each.quantity === "number" ? format.number(each.quantity) : (text(each.quantity) ?? "1")}</Table.Td>
              <Table.Td ta="end" className={classes.price}>{format.money(text(each.price), text(each.currency) ?? text(currency))}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {left > 0 && <UnstyledButton className={classes.more} onClick={() => setAll(true)}>{t("detail.more", { count: left })}</UnstyledButton>}
    </>
  );
}
