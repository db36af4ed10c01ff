import { Button, Checkbox, Popover, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Timeline.module.css";

interface Option {
  value: string;
  label: string;
  count?: string;
  icon?: Icon;
}

/** A filter: a button that opens a list of boxes to tick; any of those ticked is wanted. */
export function OneOf({ label, choices, chosen, onChange }: { label: string; choices: Option[]; chosen: string[]; onChange: (chosen: string[]) => void }) {
  const { t } = useTranslation("timeline");
  const [wanted, setWanted] = useState("");
  const said = chosen.map((value) => choices.find((each) => each.value === value)?.label ?? value);
  const shown = choices.filter((each) => each.label.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus onClose={() => setWanted("")}>
      <Popover.Target>
        <Button size="xs" variant={chosen.length > 0 ? "light" : "default"} rightSection={<IconChevronDown size={13} />} classNames={{ label: classes.picked }}>
          {said.length === 0 ? label : `${label}: ${said.slice(0, 2).join(", ")}${said.length > 2 ? ` +${said.length - 2}` : ""}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label} p="sm">
        {choices.length > 10 && (
          <TextInput size="xs" mb="xs" value={wanted} placeholder={t("filter.find")} aria-label={t("filter.find")} onChange={(event) => setWanted(event.currentTarget.value)} />
        )}
        {choices.length === 0 && <Text size="sm" c="dimmed">{t("filter.none")}</Text>}
        <ScrollArea.Autosize mah={300} type="auto" offsetScrollbars="present">
          <Checkbox.Group value={chosen} onChange={onChange} aria-label={label}>
            <Stack gap={9} pr="xs">
              {shown.map(({ value, label: words, count, icon: Picture }) => (
                <Checkbox
                  key={value}
                  value={value}
                  size="xs"
                  label={<span className={classes.option}>{Picture && <Picture size={14} stroke={1.75} aria-hidden />}<span>{words}</span>{count && <span className={classes.count}>{count}</span>}</span>}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
