import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../app/session";
import { useFormat } from "../../parts/format";
import { Hint } from "../../parts/Hint";
import { Section } from "../../parts/Section";
import { When } from "../../parts/When";
import type { GoldenRecord } from "../data";
import recordClasses from "../Record.module.css";
import classes from "./Insights.module.css";
import { grouped, reasonOf, unitOf } from "./predictions";
import type { Named } from "./predictions";

/** What is likely of her, how surely, and why. */
export function Predictions({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("insights");
  const { likely, profile, axes } = grouped(record.predictions ?? {});
  const newest = [...likely, ...profile].map(({ at }) => at).filter((at) => at !== null && at !== undefined).sort().at(-1);
  if (likely.length + profile.length + axes.length === 0) return <Section title={t("likely.title")}><NoneYet /></Section>;
  return (
    <>
      <Section title={t("likely.title")} description={t("likely.says")} aside={newest && <span className={recordClasses.quiet}>{t("likely.at")} <When at={newest} as="date" /></span>}>
        <ul className={classes.rows}>{likely.map((each) => <Likely key={each.name} said={each} currency={record.orders?.currency ?? undefined} />)}</ul>
      </Section>
      {profile.length > 0 && (
        <Section title={t("profile.title")} description={t("profile.says")}>
          <ul className={classes.rows}>{profile.map((each) => <Profile key={each.name} said={each} />)}</ul>
        </Section>
      )}
      {axes.length > 0 && (
        <Section title={t("axes.title")} description={t("axes.says")}>
          <ul className={classes.rows}>{axes.map((each) => <Axis key={each.name} said={each} />)}</ul>
        </Section>
      )}
    </>
  );
}

function NoneYet() {
  const { t } = useTranslation("insights");
  const { may } = useSession();
  return <p className={recordClasses.quiet}>{t("likely.none")} {may("models") && <Link to="/models">{t("likely.toModels")}</Link>}</p>;
}

function Likely({ said, currency }: { said: Named; currency: string | undefined }) {
  const { t, i18n } = useTranslation("insights");
  const format = useFormat();
  const unit = unitOf(said.name);
  const tell = (value: number) => (unit === "share" ? format.share(value, 0) : unit === "money" ? format.money(String(value), currency, { whole: true }) : t("days", { count: Math.round(value), number: format.number(Math.round(value)) }));
  const [base = said.name, of] = said.name.split(".");
  const key = `name.${base}`;
  const name = i18n.exists(key, { ns: "insights" }) ? t(key as "name.buys_14d") : base.replaceAll("_", " ");
  const between = said.low < said.high ? t("between", { low: tell(said.low), high: tell(said.high) }) : undefined;
  return (
    <li>
      <span className={classes.name}>{name}{of && <small> {of}</small>}</span>
      <span className={classes.bar} aria-hidden>{unit === "share" && <span style={{ width: `${100 * said.value}%` }} />}</span>
      <span className={classes.value} data-figure>{between ? <Hint says={between}>{tell(said.value)}</Hint> : tell(said.value)}</span>
      <Why reasons={said.reasons} />
    </li>
  );
}

function Profile({ said }: { said: Named }) {
  const { t } = useTranslation("insights");
  const format = useFormat();
  const called = useCalled();
  return (
    <li>
      <span className={classes.name}>{called(said.name.slice("profile.".length))}</span>
      <span className={classes.bar} aria-hidden>{said.label && <span style={{ width: `${100 * said.value}%` }} />}</span>
      <span className={classes.value} data-figure>{said.label ? <>{said.label} <small>{format.share(said.value, 0)}</small></> : <small>{t("profile.unsure")}</small>}</span>
      <Why reasons={said.reasons} />
    </li>
  );
}

function Axis({ said }: { said: Named }) {
  const called = useCalled();
  const format = useFormat();
  return (
    <li>
      <span className={classes.name}>{called(said.name.slice("profile.".length))}</span>
      <span className={classes.bar} aria-hidden><span style={{ width: `${100 * said.value}%` }} /></span>
      <span className={classes.value} data-figure>{format.number(said.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}</span>
      <Why reasons={said.reasons} />
    </li>
  );
}

/** An attribute or an axis in the reader's language. */
function useCalled(): (name: string) => string {
  const { t, i18n } = useTranslation("insights");
  return (name) => (i18n.exists(`called.${name}`, { ns: "insights" }) ? t(`called.${name}` as "called.children") : name.replace(/^axis_/, "").replaceAll("_", " "));
}

function Why({ reasons }: { reasons?: readonly string[] | null }) {
  const { t } = useTranslation("insights");
  if (!reasons || reasons.length === 0) return null;
  return (
    <ul className={classes.why}>
      {reasons.slice(0, 3).map(reasonOf).map(({ what, speaks }) => (
        <li key={what} data-speaks={speaks ?? undefined}>
          {speaks === "for" && <IconArrowUp size={12} stroke={2.25} role="img" aria-label={t("speaks.for")} />}
          {speaks === "against" && <IconArrowDown size={12} stroke={2.25} role="img" aria-label={t("speaks.against")} />}
          <span>{what}</span>
        </li>
      ))}
    </ul>
  );
}
