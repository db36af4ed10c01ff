import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconCheck, IconRosetteDiscountCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import type { Answer } from "../../api/client";
import { Copy } from "../../parts/Copy";
import { Failed } from "../../parts/Failed";
import { useFormat } from "../../parts/format";
import classes from "./Acts.module.css";

type Proof = NonNullable<Answer<"/api/v1/erasures/{erasure_id}">["proof"]>;

interface Props {
  erasureId: string;
  /** In the shop's time zone: this stands outside of the session. */
  dateTime: (at: string) => string;
}

/** How far an erasure has come, until it is proven, and its proof in words. */
export function Erasure({ erasureId, dateTime }: Props) {
  const { t } = useTranslation("acts");
  const answer = useQuery({
    ...get("/api/v1/erasures/{erasure_id}", { params: { path: { erasure_id: erasureId } } }),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.state === "proven" ? false : 1_000),
  });
  const proof = answer.data?.proof ?? null;
  return (
    <Stack gap="md">
      <ol className={classes.steps} aria-live="polite">
        <Step done>{t("erasure.gone")}</Step>
        <Step done={proof !== null}>{proof ? t("erasure.rewritten") : t("erasure.rewriting")}</Step>
        <Step done={proof !== null}>{proof ? t("erasure.searched") : t("erasure.searching")}</Step>
      </ol>
      {answer.error && !answer.data && <Failed error={answer.error} retry={() => void answer.refetch()} />}
      {proof ? <Proven proof={proof} dateTime={dateTime} /> : <Text size="sm" c="dimmed">{t("erasure.wait")}</Text>}
      <div>
        <Text size="xs" c="dimmed">{t("erasure.id")}</Text>
        <span className={classes.id}><code>{erasureId}</code><Copy value={erasureId} size={22} /></span>
      </div>
      <Group justify="flex-end"><Button variant="default" onClick={() => modals.closeAll()} data-autofocus>{t("erasure.close")}</Button></Group>
    </Stack>
  );
}

function Step({ done, children }: { done: boolean; children: ReactNode }) {
  return (
    <li data-done={done || undefined}>
      {done ? <IconCheck size={16} stroke={2.25} aria-hidden /> : <Loader size={16} type="oval" aria-hidden />}
      <span>{children}</span>
    </li>
  );
}

function Proven({ proof, dateTime }: { proof: Proof; dateTime: (at: string) => string }) {
  const { t } = useTranslation("acts");
  const format = useFormat();
  const left = Object.values(proof.left).reduce((sum, each) => sum + each, 0);
  const rows = proof.searched.lake_rows ?? 0;
  return (
    <div className={classes.proven}>
      <IconRosetteDiscountCheck size={22} stroke={1.6} aria-hidden />
      <div>
        <p className={classes.strong}>{t("erasure.proven", { date: dateTime(proof.proven_at) })}</p>
        <p>
          {t("erasure.forgotten", { count: proof.fragments, number: format.number(proof.fragments) })}{" "}
          {t("erasure.looked", { count: rows, number: format.number(rows), files: format.number(proof.searched.lake_files ?? 0) })}{" "}
          {t("erasure.left", { count: left })}
        </p>
        {proof.returned > 0 && <p>{t("erasure.returned", { count: proof.returned })}</p>}
        <p className={classes.quiet}>{t("erasure.kept")}</p>
      </div>
    </div>
  );
}
