import { Button, Collapse, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { iconOfChannel } from "../../parts/icons";
import { useNames } from "../../parts/names";
import { useWide } from "../../parts/VirtualRows";
import { OneOf } from "./OneOf";
import { kindOf } from "./kinds";
import classes from "./Timeline.module.css";
import { isFiltered, NOTHING } from "./useTimeline";
import type { Chosen, Offered } from "./useTimeline";

interface Props {
  offered: Offered;
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
  /** The day to which the list was asked to begin, as 2017-12-31; empty for the newest. */
  day: string;
  onDay: (day: string) => void;
}

/** What of the timeline is shown: by channel, source, kind and event, and from which day back. */
export function Filtering(props: Props) {
  const { t } = useTranslation("timeline");
  const wide = useWide();
  const [opened, { toggle }] = useDisclosure(false);
  const on = Object.values(props.chosen).reduce((sum, values: string[]) => sum + values.length, 0);
  if (wide) return <div className={classes.filters} role="group" aria-label={t("filter.label")}><Choices {...props} /></div>;
  return (
    <div>
      <Button variant="default" size="xs" leftSection={<IconAdjustmentsHorizontal size={15} />} aria-expanded={opened} onClick={toggle}>
        {t("filter.open")}{on > 0 && ` · ${on}`}
      </Button>
      <Collapse expanded={opened}>
        <div className={classes.filters} role="group" aria-label={t("filter.label")} data-below><Choices {...props} /></div>
      </Collapse>
    </div>
  );
}

function Choices({ offered, chosen, onChange, day, onDay }: Props) {
  const { t } = useTranslation("timeline");
  const names = useNames();
  const format = useFormat();
  const put = (name: keyof Chosen) => (values: string[]) => onChange({ ...chosen, [name]: values });
  const called = (name: string) => {
    const { name: key } = kindOf({ type: "track", event: name });
    return key === null ? name : t(`event.${key}`);
  };
  return (
    <>
      <OneOf label={t("filter.channel")} chosen={chosen.channel} onChange={put("channel")} choices={offered.channel.map((value) => ({ value, label: names.channel(value), icon: iconOfChannel(value) }))} />
      <OneOf label={t("filter.event")} chosen={chosen.event} onChange={put("event")} choices={offered.event.map(({ name, count }) => ({ value: name, label: called(name), count: count > 0 ? format.number(count) : undefined }))} />
      <OneOf label={t("filter.type")} chosen={chosen.type} onChange={put("type")} choices={offered.type.map((value) => ({ value, label: t(`type.${value as "track"}`) }))} />
      <OneOf label={t("filter.source")} chosen={chosen.source} onChange={put("source")} choices={offered.source.map((value) => ({ value, label: value }))} />
      {isFiltered(chosen) && <Button size="xs" variant="subtle" onClick={() => onChange(NOTHING)}>{t("filter.clear")}</Button>}
      <label className={classes.day}>
        <span>{t("jump.label")}</span>
        <TextInput type="date" size="xs" value={day} onChange={(event) => onDay(event.currentTarget.value)} />
      </label>
    </>
  );
}
