import { useTranslation } from "react-i18next";
import { IdentifierChip, Tag, useFormat } from "../parts";
import classes from "./Imports.module.css";

type Said = Record<string, unknown>;

/** An event in words: what, when, who, and what is said of it. */
export function EventCard({ event }: { event: Said }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const properties = (event.properties ?? {}) as Said;
  const { products, ...plain } = properties;
  const said = { ...plain, ...((event.traits ?? {}) as Said) };
  const title = event.type === "track" ? String(event.event) : t(`call.${String(event.type) as "identify"}`);
  return (
    <article className={classes.event}>
      <header className={classes.line}>
        <strong className={classes.file}>{title}</strong>
        <time className={classes.quiet} dateTime={String(event.timestamp)}>{format.dateTime(String(event.timestamp))}</time>
      </header>
      <div className={classes.chips}>
        {((event.identifiers ?? []) as { kind: string; value: string }[]).map(({ kind, value }) => <IdentifierChip key={`${kind} ${value}`} kind={kind} value={value} plain />)}
        {((event.marks ?? []) as string[]).map((mark) => <Tag key={mark} tone="watch">{mark.replaceAll("_", " ")}</Tag>)}
      </div>
      {Object.keys(said).length > 0 && (
        <dl className={classes.said}>
          {Object.entries(said).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></div>)}
        </dl>
      )}
      {Array.isArray(products) && <Lines products={products as Said[]} />}
      <code className={classes.messageId}>{String(event.message_id)}</code>
    </article>
  );
}

const SHOWN = 4;

function Lines({ products }: { products: Said[] }) {
  const { t } = useTranslation("imports");
  return (
    <ul className={classes.lines}>
      {products.slice(0, SHOWN).map((product, n) => {
        const { name, sku, quantity, price, ...more } = product;
        const rest = Object.entries(more).map(([key, value]) => `${key} ${String(value)}`);
        const words = [name ?? sku, name !== undefined ? sku : undefined, ...rest].filter((each) => each !== undefined && each !== null).map(String);
        const count = [quantity, price].filter((each) => each !== undefined && each !== null).map(String).join(" × ");
        return <li key={n}><span>{words.join(" · ") || "–"}</span><span data-figure>{count}</span></li>;
      })}
      {products.length > SHOWN && <li className={classes.quiet}>{t("preview.moreLines", { count: products.length - SHOWN })}</li>}
    </ul>
  );
}
