import { Autocomplete, Button, CloseButton, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "../../texts";
import classes from "../Actions.module.css";
import { usePlacements } from "../data";
import { newContent, TEXTS } from "../draft";
import type { Content } from "../draft";
import type { FormProps } from "./Form";

/** What is shown, once for each format and language. */
export function Contents({ draft, change, wrong }: FormProps) {
  const { t } = useTranslation("actions");
  const formats = useFormats();
  const set = (id: string, part: Partial<Content>) => change({ content: draft.content.map((each) => (each.id === id ? { ...each, ...part } : each)) });
  const left = formats.find((format) => !draft.content.some((each) => each.format === format)) ?? formats[0] ?? "banner";
  return (
    <div className={classes.fields}>
      {draft.content.map((content, number) => (
        <One key={content.id} content={content} number={number} formats={formats} set={(part) => set(content.id, part)} wrong={(place) => wrong(`content.${number}${place && `.${place}`}`)} drop={draft.content.length > 1 ? () => change({ content: draft.content.filter(({ id }) => id !== content.id) }) : undefined} />
      ))}
      <div>
        <Button variant="default" size="xs" leftSection={<IconPlus size={15} />} onClick={() => change({ content: [...draft.content, newContent(left, { ...draft.content[0]?.texts })] })}>{t("form.addContent")}</Button>
      </div>
    </div>
  );
}

/** Formats that placements ask for, those of most placements first. */
export function useFormats(): string[] {
  const placements = usePlacements().data?.placements ?? [];
  const counts = new Map<string, number>();
  for (const { definition } of placements) for (const format of (definition.formats as string[] | undefined) ?? []) counts.set(format, (counts.get(format) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([format]) => format);
}

interface OneProps {
  content: Content;
  number: number;
  formats: string[];
  set: (part: Partial<Content>) => void;
  wrong: (place: string) => string | undefined;
  drop: (() => void) | undefined;
}

function One({ content, number, formats, set, wrong, drop }: OneProps) {
  const { t } = useTranslation("actions");
  const others = Object.keys(content.texts).filter((name) => !(TEXTS as readonly string[]).includes(name));
  const put = (name: string, value: string) => set({ texts: { ...content.texts, [name]: value } });
  const label = t("form.contentNumber", { number: number + 1 });
  return (
    <fieldset className={classes.card}>
      <legend>{label}</legend>
      {drop && <CloseButton className={classes.drop} aria-label={t("form.drop", { what: label })} onClick={drop} />}
      <div className={classes.pair}>
        <Autocomplete label={t("form.format")} data={formats} value={content.format} onChange={(format) => set({ format })} error={wrong("format")} maxLength={80} required />
        <Autocomplete label={t("form.locale")} placeholder={t("form.anyLocale")} data={[...LANGUAGES]} value={content.locale} onChange={(locale) => set({ locale })} error={wrong("locale")} maxLength={20} />
      </div>
      <TextInput label={t("text.headline")} value={content.texts.headline ?? ""} onChange={(event) => put("headline", event.currentTarget.value)} error={wrong("headline")} description={number === 0 ? t("form.template", { example: "{{ person.first_name | default: '…' }}" }) : undefined} />
      <Textarea label={t("text.body")} value={content.texts.body ?? ""} onChange={(event) => put("body", event.currentTarget.value)} error={wrong("body")} autosize minRows={1} />
      <div className={classes.pair}>
        <TextInput label={t("text.cta")} value={content.texts.cta ?? ""} onChange={(event) => put("cta", event.currentTarget.value)} error={wrong("cta")} />
        <TextInput label={t("text.link")} value={content.texts.link ?? ""} onChange={(event) => put("link", event.currentTarget.value)} error={wrong("link")} inputMode="url" />
      </div>
      <TextInput label={t("text.image")} value={content.texts.image ?? ""} onChange={(event) => put("image", event.currentTarget.value)} error={wrong("image")} inputMode="url" />
      {others.map((name) => <TextInput key={name} label={name} value={content.texts[name] ?? ""} onChange={(event) => put(name, event.currentTarget.value)} error={wrong(name)} />)}
      <TextInput label={t("text.because")} description={t("form.becauseSays")} value={content.because} onChange={(event) => set({ because: event.currentTarget.value })} error={wrong("because")} />
    </fieldset>
  );
}
