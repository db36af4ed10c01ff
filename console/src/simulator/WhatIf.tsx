import { Button, NativeSelect } from "@mantine/core";
import { IconArrowsShuffle, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../parts";
import { useStores } from "./data";
import { Asking } from "./Fields";
import { atHour, changed, clockOf, daysLater, PARTS } from "./question";
import type { Change, Part, Question } from "./question";
import classes from "./Simulator.module.css";

interface Offer {
  name: string;
  change: Change;
}

/** One thing that could be otherwise: those that are asked most at one click, all others by name. */
export function WhatIf({ question, change, onChange }: { question: Question; change: Change | null; onChange: (change: Change | null) => void }) {
  const { t } = useTranslation("simulator");
  const offers = useOffers(question);
  const begin = (part: Part) => onChange({ part, value: offers.find((each) => each.change.part === part)?.change.value ?? question[part] } as Change);
  const same = (offer: Offer) => change !== null && JSON.stringify(offer.change) === JSON.stringify(change);
  return (
    <section className={classes.whatIf} aria-label={t("if.title")}>
      <div className={classes.offers}>
        <strong><IconArrowsShuffle size={16} stroke={1.75} aria-hidden /> {t("if.title")}</strong>
        {offers.map((offer) => (
          <Button key={offer.name} size="xs" radius="xl" variant={same(offer) ? "filled" : "default"} aria-pressed={same(offer)} onClick={() => onChange(same(offer) ? null : offer.change)}>{t(`if.${offer.name as "rain"}`)}</Button>
        ))}
        <NativeSelect size="xs" aria-label={t("if.other")} value={change?.part ?? ""} onChange={(event) => (event.currentTarget.value ? begin(event.currentTarget.value as Part) : onChange(null))} data={[{ value: "", label: t("if.other") }, ...PARTS.map((part) => ({ value: part, label: t(`part.${part}`) }))]} />
      </div>
      {change && (
        <div className={classes.otherwise}>
          <Asking part={change.part} question={changed(question, change)} onChange={(put) => onChange({ part: change.part, value: put[change.part] } as Change)} />
          <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={() => onChange(null)}>{t("if.end")}</Button>
        </div>
      )}
    </section>
  );
}

/** What could be otherwise in this question. */
function useOffers(question: Question): Offer[] {
  const { timeZone } = useFormat();
  const stores = useStores();
  const clock = question.at ?? clockOf(Date.now(), timeZone);
  const evening = Number(clock.slice(11, 13)) < 18;
  const other = stores.find(({ store }) => store !== question.store);
  const offers: (Offer | null)[] = [
    question.weather?.sky === "rain" ? { name: "sun", change: { part: "weather", value: { sky: "sun", degrees: 26 } } } : { name: "rain", change: { part: "weather", value: { sky: "rain", degrees: 11 } } },
    { name: evening ? "evening" : "morning", change: { part: "at", value: atHour(clock, evening ? 19 : 8) } },
    { name: "tomorrow", change: { part: "at", value: daysLater(clock, 1) } },
    other ? { name: "store", change: { part: "store", value: other.store } } : null,
    question.consent === false || question.person === null ? null : { name: "consent", change: { part: "consent", value: false } },
    question.person === null ? null : { name: "nobody", change: { part: "person", value: null } },
  ];
  return offers.filter((each) => each !== null);
}
