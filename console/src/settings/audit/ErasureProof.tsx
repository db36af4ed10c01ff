import { Alert } from "@mantine/core";
import { IconHourglass, IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { Failed, Loading, useFormat } from "../../parts";
import classes from "../Settings.module.css";
import { erasureQuery } from "./useAudit";

type Proof = NonNullable<Answer<"/api/v1/erasures/{erasure_id}">["proof"]>;
const PLACES = ["states", "log", "evidence", "dead_letters", "lake_rows", "lake_strays"] as const;

/** What was erased, where it was looked for afterwards, and what was found. */
export function ErasureProof({ erasureId }: { erasureId: string }) {
  const { t } = useTranslation("settings");
  const asked = useQuery({
    ...erasureQuery(erasureId),
    refetchInterval: (query) => (query.state.data?.state === "pending" ? 2_000 : false),
  });
  if (asked.isPending) return <Loading rows={5} />;
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const { proof } = asked.data;
  if (proof === null) return <Alert mt="md" color="yellow" icon={<IconHourglass size={18} />} title={t("proof.pending")}>{t("proof.pendingSays")}</Alert>;
  return <Proven proof={proof} />;
}

function Proven({ proof }: { proof: Proof }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const left = Object.values(proof.left).reduce((sum, count) => sum + count, 0);
  return (
    <Alert mt="md" color={left ? "red" : "pine"} icon={left ? <IconShieldX size={18} /> : <IconShieldCheck size={18} />} title={t(left ? "proof.left" : "proof.gone")}>
      <p>{t("proof.when", { at: format.dateTime(proof.proven_at), count: proof.fragments })}</p>
      <p>{t("proof.searched", { files: format.number(proof.searched.lake_files ?? 0), rows: format.number(proof.searched.lake_rows ?? 0) })}</p>
      <ul className={classes.list}>
        {PLACES.filter((place) => place in proof.left).map((place) => (
          <li key={place}>{t(`proof.place.${place}`)}: <strong data-figure>{format.number(proof.left[place] ?? 0)}</strong></li>
        ))}
      </ul>
      <p>{t(proof.returned ? "proof.returned" : "proof.stays", { count: proof.returned })}</p>
    </Alert>
  );
}
