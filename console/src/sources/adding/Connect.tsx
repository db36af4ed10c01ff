import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Awaiting } from "../Awaiting";
import { useArrivals } from "../debugger/arrivals";
import { Snippets } from "../Snippets";

/** What to paste for a new source, and whether it works. */
export function Connect({ name, text, onClose }: { name: string; text: string; onClose: () => void }) {
  const { t } = useTranslation("sources");
  const arrivals = useArrivals(name);
  const came = arrivals.rows.length > 0;
  return (
    <Stack>
      <Text>{t("dialog.pasteSays")}</Text>
      <Snippets source={name} freshKey={text} height={260} />
      <Awaiting arrivals={arrivals} />
      <Group justify="flex-end" gap="xs">
        {!came && <Button variant="default" onClick={onClose}>{t("dialog.later")}</Button>}
        <Button component={Link} to={`/sources/${name}`} onClick={onClose} variant={came ? "filled" : "default"}>{t("dialog.open")}</Button>
      </Group>
    </Stack>
  );
}
