/** How each part of a question is asked. */
import { ActionIcon, CloseButton, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useWhat } from "../decisions/data";
import { Person } from "../decisions/Person";
import { Filters, useFormat } from "../parts";
import { useAsked, useProducts, useStores } from "./data";
import { atHour, clockOf, daysLater, SKIES, USUAL } from "./question";
import type { Line, Part, Question, Sky, Weather } from "./question";
import classes from "./Simulator.module.css";

interface Field<P extends Part> {
  value: Question[P];
  onChange: (value: Question[P]) => void;
}

/** The control of one part, by its name. */
export function Asking({ part, question, onChange }: { part: Part; question: Question; onChange: (changed: Partial<Question>) => void }) {
  const put = <P extends Part>(name: P) => ({ value: question[name], onChange: (value: Question[P]) => onChange({ [name]: value }) });
  switch (part) {
    case "person": return <Whom {...put("person")} />;
    case "placement": return <Where {...put("placement")} />;
    case "at": return <Moment {...put("at")} />;
    case "store": return <Store {...put("store")} />;
    case "weather": return <Sky {...put("weather")} />;
    case "locale": return <Tongue {...put("locale")} />;
    case "basket": return <Basket {...put("basket")} />;
    case "consent": return <Consent {...put("consent")} />;
  }
}

function Whom({ value, onChange }: Field<"person">) {
  const { t } = useTranslation("simulator");
  const { label } = useAsked(value);
  return (
    <div className={classes.field} role="group" aria-label={t("part.person")}>
      {value === null ? (
        <><span className={classes.nobody}>{t("person.nobody")}</span><Person label={t("person.choose")} onChoose={onChange} /></>
      ) : (
        <span className={classes.chosen}>
          <Link to={`/customers/${value}`} className={classes.link}>{label ?? t("person.somebody")}</Link>
          <CloseButton size="sm" aria-label={t("person.none")} title={t("person.none")} onClick={() => onChange(null)} />
        </span>
      )}
    </div>
  );
}

function Where({ value, onChange }: Field<"placement">) {
  const { t } = useTranslation("simulator");
  const { placements } = useWhat();
  const data = placements.map(({ name, title }) => ({ value: name, label: title || name }));
  if (value !== null && !placements.some(({ name }) => name === value)) data.unshift({ value, label: value });
  return <NativeSelect size="sm" label={t("part.placement")} value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value)} data={data} />;
}

function Moment({ value, onChange }: Field<"at">) {
  const { t } = useTranslation("simulator");
  const { timeZone } = useFormat();
  const now = clockOf(Date.now(), timeZone);
  const today = value ?? now;
  const offers: [string, string | null][] = [
    ["now", null],
    ["morning", atHour(today, 8)],
    ["midday", atHour(today, 12)],
    ["evening", atHour(today, 19)],
    ["weekend", atHour(saturday(today), 11)],
  ];
  return (
    <div className={classes.field}>
      <TextInput size="sm" type="datetime-local" label={t("part.at")} value={value ?? now} onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value.slice(0, 16))} />
      <Filters one label={t("moment.label")} choices={offers.map(([name]) => ({ value: name, label: t(`moment.${name as "now"}`) }))} chosen={offers.filter(([, at]) => at === value).map(([name]) => name).slice(0, 1)} onChange={([name]) => onChange(offers.find(([each]) => each === name)?.[1] ?? null)} />
    </div>
  );
}

/** The next Saturday, or this one. */
function saturday(clock: string): string {
  const day = new Date(`${clock}Z`).getUTCDay();
  return daysLater(clock, (6 - day + 7) % 7);
}

function Store({ value, onChange }: Field<"store">) {
  const { t } = useTranslation("simulator");
  const stores = useStores();
  const data = [{ value: "", label: t("store.none") }, ...stores.map(({ store, name }) => ({ value: store, label: name ? `${name} (${store})` : store }))];
  if (stores.length === 0) return <TextInput size="sm" label={t("part.store")} placeholder={t("store.none")} value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value || null)} maxLength={100} />;
  if (value !== null && !stores.some(({ store }) => store === value)) data.push({ value, label: value });
  return <NativeSelect size="sm" label={t("part.store")} value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value || null)} data={data} />;
}

function Sky({ value, onChange }: Field<"weather">) {
  const { t } = useTranslation("simulator");
  const choose = (sky: Sky | undefined): Weather | null => (sky === undefined ? null : { sky, degrees: USUAL[sky] });
  return (
    <div className={classes.field}>
      <span className={classes.label}>{t("part.weather")}</span>
      <div className={classes.row}>
        <Filters one label={t("part.weather")} choices={SKIES.map((sky) => ({ value: sky, label: t(`sky.${sky}`) }))} chosen={value ? [value.sky] : []} onChange={([sky]) => onChange(choose(sky as Sky | undefined))} />
        {value && <NumberInput size="xs" w="5.5rem" aria-label={t("degrees")} suffix=" °C" min={-60} max={60} allowDecimal={false} value={value.degrees} onChange={(degrees) => typeof degrees === "number" && onChange({ ...value, degrees })} />}
      </div>
    </div>
  );
}

const TONGUES = ["en", "de", "pl"];

function Tongue({ value, onChange }: Field<"locale">) {
  const { t } = useTranslation("simulator");
  const { locale } = useFormat();
  const names = new Intl.DisplayNames([locale], { type: "language" });
  const called = (code: string) => {
    try {
      return names.of(code) ?? code;
    } catch {
      return code;
    }
  };
  const all = value === null || TONGUES.includes(value) ? TONGUES : [...TONGUES, value];
  return <NativeSelect size="sm" label={t("part.locale")} value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value || null)} data={[{ value: "", label: t("locale.none") }, ...all.map((code) => ({ value: code, label: called(code) }))]} />;
}

function Consent({ value, onChange }: Field<"consent">) {
  const { t } = useTranslation("simulator");
  const said = value === null ? "" : value ? "yes" : "no";
  return <NativeSelect size="sm" label={t("part.consent")} value={said} onChange={(event) => onChange({ yes: true, no: false }[event.currentTarget.value] ?? null)} data={["", "yes", "no"].map((each) => ({ value: each, label: t(`consent.${(each || "real") as "real"}`) }))} />;
}

function Basket({ value, onChange }: Field<"basket">) {
  const { t } = useTranslation("simulator");
  const put = (sku: string, changed: Partial<Line>) => onChange(value.map((line) => (line.sku === sku ? { ...line, ...changed } : line)));
  const add = (line: Line) => (value.some(({ sku }) => sku === line.sku) ? put(line.sku, { quantity: value.find(({ sku }) => sku === line.sku)!.quantity + 1 }) : onChange([...value, line]));
  return (
    <div className={classes.field} role="group" aria-label={t("part.basket")}>
      <Product onAdd={add} />
      {value.length > 0 && (
        <ul className={classes.basket}>
          {value.map((line) => (
            <li key={line.sku}>
              <span>{line.sku}</span>
              <NumberInput size="xs" w="4.25rem" aria-label={t("basket.quantity", { sku: line.sku })} min={1} max={999} value={line.quantity} onChange={(quantity) => typeof quantity === "number" && quantity > 0 && put(line.sku, { quantity })} />
              <ActionIcon variant="subtle" color="gray" aria-label={t("basket.remove", { sku: line.sku })} onClick={() => onChange(value.filter(({ sku }) => sku !== line.sku))}><IconX size={15} /></ActionIcon>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Finds a product by a part of its name, or takes a number as it is. */
function Product({ onAdd }: { onAdd: (line: Line) => void }) {
  const { t } = useTranslation("simulator");
  const format = useFormat();
  const list = useId();
  const [text, setText] = useState("");
  const [settled] = useDebouncedValue(text.trim(), 250);
  const { data } = useProducts(settled);
  const products = data?.products ?? [];
  const take = (given: string) => {
    const found = products.find(({ sku, name }) => sku === given || `${name ?? ""} (${sku})` === given);
    if (found) onAdd({ sku: found.sku, quantity: 1, price: found.price === null || found.price === undefined ? null : Number(found.price) });
    else onAdd({ sku: given.slice(0, 200), quantity: 1, price: null });
    setText("");
  };
  return (
    <>
      <TextInput
        size="sm"
        label={t("part.basket")}
        placeholder={t("basket.add")}
        list={list}
        value={text}
        onChange={(event) => {
          const given = event.currentTarget.value;
          // a suggestion that was chosen comes whole
          if (products.some(({ sku, name }) => `${name ?? ""} (${sku})` === given)) take(given);
          else setText(given);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || text.trim() === "") return;
          event.preventDefault();
          take(products[0] && settled === text.trim() && products[0].name?.toLowerCase().includes(settled.toLowerCase()) ? products[0].sku : text.trim());
        }}
        autoComplete="off"
        maxLength={200}
      />
      <datalist id={list}>{products.map(({ sku, name, price }) => <option key={sku} value={`${name ?? ""} (${sku})`}>{price ? format.money(price) : ""}</option>)}</datalist>
    </>
  );
}
