import { useTranslation } from "react-i18next";
import { Section, Tag, useFormat } from "../parts";
import type { Whole } from "./data";
import classes from "./Decisions.module.css";

const FIRST = ["store", "zone", "weather", "daypart", "weekday", "season", "locale", "page", "category", "query", "campaign", "device"];
const LEFT_OUT = new Set(["touchpoint", "placement", "known", "hour", "weekend"]);

/** What the conditions saw of the moment, the place and the basket. */
export function Moment({ whole }: { whole: Pick<Whole, "context" | "basket" | "granted"> }) {
  const { t, i18n } = useTranslation("decisions");
  const format = useFormat();
  const { context, basket, granted } = whole;
  const order = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const names = Object.keys(context).filter((name) => !LEFT_OUT.has(name)).sort((one, other) => order(one) - order(other));
  const called = (name: string) => (i18n.exists(`context.${name}`, { ns: "decisions" }) ? t(`context.${name}` as "context.store") : name);
  const value = (given: unknown) => (typeof given === "string" && i18n.exists(`contextValue.${given}`, { ns: "decisions" }) ? t(`contextValue.${given}` as "contextValue.morning") : plain(given));
  const weather = (given: unknown) => {
    const { temp_c, rain, rain_mm, snow_cm, ...more } = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
    const parts = [
      typeof temp_c === "number" ? `${format.number(temp_c)} °C` : "",
      rain === true || Number(rain_mm) > 0 ? t("weather.rain") : rain === false || rain_mm === 0 ? t("weather.dry") : "",
      Number(snow_cm) > 0 ? t("weather.snow") : "",
      Object.keys(more).length > 0 ? plain(more) : "",
    ].filter(Boolean);
    return parts.length > 0 ? parts.join(", ") : plain(given);
  };
  const lines = typeof basket.lines === "number" ? basket.lines : 0;
  return (
    <Section title={t("moment.title")} description={t("moment.says")}>
      <dl className={classes.facts}>
        {names.map((name) => <div key={name}><dt>{called(name)}</dt><dd>{name === "weather" ? weather(context[name]) : value(context[name])}</dd></div>)}
        {lines > 0 && <div><dt>{t("moment.basket")}</dt><dd>{t("moment.lines", { count: lines })}{typeof basket.value === "number" && basket.value > 0 && <>, {format.money(basket.value.toFixed(2))}</>}<small>{Array.isArray(basket.skus) ? basket.skus.slice(0, 8).join(", ") : ""}</small></dd></div>}
        <div><dt>{t("moment.granted")}</dt><dd>{granted.length === 0 ? t("moment.noPurposes") : <span className={classes.tags}>{granted.map((each) => <Tag key={each} tone="ok">{each.replaceAll("_", " ")}</Tag>)}</span>}</dd></div>
      </dl>
    </Section>
  );
}

function plain(given: unknown): string {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return Object.entries(given).map(([name, value]) => `${name.replaceAll("_", " ")}: ${plain(value)}`).join(", ");
  if (Array.isArray(given)) return given.map(plain).join(", ");
  return String(given);
}
