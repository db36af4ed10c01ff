import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Json.module.css";

const DEEP = 3;
const LONG = 30;

/** A JSON value, to be folded and unfolded by pointer or keyboard. Only text: whatever a stranger sent stays text. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <div className={classes.json} role="group" aria-label={label}>
      <Node value={value} depth={0} />
    </div>
  );
}

function Node({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) return <Branch name={name} value={value} depth={depth} />;
  return (
    <div className={classes.line}>
      {name !== undefined && <Name>{name}</Name>}
      <Leaf value={value} />
    </div>
  );
}

function Branch({ name, value, depth }: { name?: string; value: object; depth: number }) {
  const { t } = useTranslation("sources");
  const entries = Object.entries(value);
  const [open, setOpen] = useState(depth < DEEP && entries.length <= LONG);
  const array = Array.isArray(value);
  const [before, after] = array ? ["[", "]"] : ["{", "}"];
  return (
    <div>
      <div className={classes.line}>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={open}
          aria-label={t(open ? "json.close" : "json.open", { name: name ?? t("json.whole") })}
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden>{open ? "▾" : "▸"}</span>
        </button>
        {name !== undefined && <Name>{name}</Name>}
        <span className={classes.bracket}>{before}</span>
        {!open && <span className={classes.more}>{t(array ? "json.items" : "json.fields", { count: entries.length })}</span>}
        {!open && <span className={classes.bracket}>{after}</span>}
      </div>
      {open && (
        <div className={classes.inner}>
          {entries.map(([key, each]) => <Node key={key} name={array ? undefined : key} value={each} depth={depth + 1} />)}
        </div>
      )}
      {open && <div className={classes.bracket}>{after}</div>}
    </div>
  );
}

function Name({ children }: { children: string }) {
  return <span className={classes.key}>{children}: </span>;
}

function Leaf({ value }: { value: unknown }) {
  const kind = value === null ? "null" : Array.isArray(value) ? "object" : typeof value;
  return <span className={classes.leaf} data-kind={kind}>{JSON.stringify(value)}</span>;
}
