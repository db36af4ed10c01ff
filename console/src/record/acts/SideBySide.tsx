import { Button, Group, List, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconArrowMerge } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get, send } from "../../api/client";
import { ChannelIcon } from "../../parts/Channel";
import { Failed } from "../../parts/Failed";
import { useFormat } from "../../parts/format";
import { IdentifierChip } from "../../parts/IdentifierChip";
import classes from "./Acts.module.css";
import type { Glance } from "./Finding";

interface Props {
  personId: string;
  other: Glance;
  onBack: () => void;
  onMerge: () => Promise<void>;
}

/** Both customers beside one another, and what will be one. */
export function SideBySide({ personId, other, onBack, onMerge }: Props) {
  const { t } = useTranslation("acts");
  const format = useFormat();
  const her = useQuery({
    queryKey: ["/api/v1/persons/search", "one", personId],
    queryFn: async ({ signal }) => (await send("post", "/api/v1/persons/search", { body: { text: personId, limit: 1 }, signal })).persons[0] ?? null,
    gcTime: 0,
  });
  const merging = useMutation({ mutationFn: onMerge });
  const orders = (her.data?.orders ?? 0) + other.orders;
  return (
    <Stack gap="md">
      <div className={classes.both}>
        {her.data ? <Card glance={her.data} title={t("merge.her")} /> : <Skeleton height={180} radius="lg" />}
        <Card glance={other} title={t("merge.other")} />
      </div>
      {her.error && <Failed error={her.error} retry={() => void her.refetch()} />}
      <div>
        <Text size="sm" c="dimmed" mb={4}>{t("merge.happens")}</Text>
        <List spacing={4}>
          <List.Item>{t("merge.one", { count: orders, number: format.number(orders) })}</List.Item>
          <List.Item>{t("merge.attributes")}</List.Item>
          <List.Item>{t("merge.undo")}</List.Item>
          <List.Item>{t("merge.audit")}</List.Item>
        </List>
      </div>
      {merging.error && <Failed error={merging.error} />}
      <Group justify="space-between" gap="xs">
        <Button variant="subtle" leftSection={<IconArrowLeft size={15} />} onClick={onBack} disabled={merging.isPending}>{t("merge.back")}</Button>
        <Button leftSection={<IconArrowMerge size={16} />} onClick={() => merging.mutate()} loading={merging.isPending} data-autofocus>{t("merge.confirm")}</Button>
      </Group>
    </Stack>
  );
}

function Card({ glance, title }: { glance: Glance; title: string }) {
  const { t } = useTranslation("acts");
  const format = useFormat();
  const { data } = useQuery(get("/api/v1/persons/{person_id}", { params: { path: { person_id: glance.person_id } } }));
  const known = Object.entries(data?.attributes ?? {}).filter(([, part]) => typeof part.value !== "object").slice(0, 7);
  return (
    <section className={classes.card} aria-label={title}>
      <p className={classes.quiet}>{title}</p>
      <p className={classes.strong}>{glance.label}</p>
      <div className={classes.chips}>{glance.identifiers.map((each) => <IdentifierChip key={each.kind + each.value} {...each} plain />)}</div>
      <p>{t("merge.orders", { count: glance.orders, number: format.number(glance.orders), value: format.money(glance.revenue, glance.currency) })}</p>
      {glance.first_seen && glance.last_seen && <p className={classes.quiet}>{t("merge.seen", { from: format.date(glance.first_seen), to: format.date(glance.last_seen) })}</p>}
      <div className={classes.channels}>{glance.channels.map((each) => <ChannelIcon key={each} channel={each} />)}</div>
      {known.length > 0 && (
        <dl className={classes.attributes}>
          {known.map(([name, part]) => <div key={name}><dt>{name.replaceAll("_", " ")}</dt><dd>{String(part.value)}</dd></div>)}
        </dl>
      )}
    </section>
  );
}
