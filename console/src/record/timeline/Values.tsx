import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import classes from "./Detail.module.css";

const DEEPEST = 4;

/** What an event said, by name; lists and parts within parts are indented. Strangers' text stays text. */
export function Values({ values, depth = 0 }: { values: Record<string, unknown>; depth?: number }) {
  return (
    <dl className={classes.values} data-inner={depth > 0 || undefined}>
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd><Value value={value} depth={depth} /></dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value, depth }: { value: unknown; depth: number }) {
  const { t } = useTranslation("timeline");
  const format = useFormat();
  if (value === null || value === undefined || value === "") return <span className={classes.quiet}>–</span>;
  if (typeof value === "boolean") return t(value ? "says.yes" : "says.no");
  if (typeof value === "number") return <span data-figure>{format.number(value, { maximumFractionDigits: 6 })}</span>;
  if (typeof value === "string") return value;
  if (depth >= DEEPEST) return <code>{JSON.stringify(value)}</code>;
  if (!Array.isArray(value)) return <Values values={value as Record<string, unknown>} depth={depth + 1} />;
  if (value.every((each) => typeof each !== "object" || each === null)) return value.map(String).join(", ");
  return <Values values={Object.fromEntries(value.map((each: unknown, n) => [String(n + 1), each]))} depth={depth + 1} />;
}
