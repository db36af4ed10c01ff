import { Button, CloseButton, Group } from "@mantine/core";
import { IconScissors, IconTimeline } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useSession } from "../../app/session";
import { useFormat } from "../../parts/format";
import { useNames } from "../../parts/names";
import { SourceBadge } from "../../parts/SourceBadge";
import { TierBadge } from "../../parts/TierBadge";
import { When } from "../../parts/When";
import { toEvent } from "../timeline/place";
import { End } from "./called";
import type { IdentityView, Link } from "./graph";
import classes from "./Identity.module.css";
import { useReasons } from "./reasons";
import { TakeBack } from "./TakeBack";

interface Props {
  link: Link;
  view: IdentityView;
  personId: string;
  onClose: () => void;
  onDone: () => void;
}

/** What one link rests on: which message of which source said that its two ends are one. */
export function Proof({ link, view, personId, onClose, onDone }: Props) {
  const { t } = useTranslation("identity");
  const names = useNames();
  const format = useFormat();
  const reasons = useReasons();
  const { may } = useSession();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const proof = link.proof as Record<string, unknown>;
  const said = (name: string) => (typeof proof[name] === "string" && proof[name] ? String(proof[name]) : null);
  useEffect(() => box.current?.focus({ preventScroll: true }), [link.link_id]);
  return (
    <div ref={box} tabIndex={-1} className={classes.proof} role="region" aria-label={t("proof.label")}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
        <Group gap={8}>
          <End view={view} id={link.between[0]} />
          <span aria-hidden>{link.active ? "—" : "⇹"}</span>
          <End view={view} id={link.between[1]} />
          <TierBadge tier={link.tier} />
        </Group>
        <CloseButton aria-label={t("proof.close")} onClick={onClose} />
      </Group>
      {!link.active && <p className={classes.out}>{reasons(link.reason)}</p>}
      <dl className={classes.facts}>
        <Fact name={t("proof.first")}><When at={link.first_proof_at} as="both" /></Fact>
        <Fact name={t("proof.because")}>{because()}</Fact>
        {said("source") && <Fact name={t("proof.source")}><SourceBadge source={said("source") ?? ""} /></Fact>}
        {said("message_id") && <Fact name={t("proof.message")}><code>{said("message_id")}</code></Fact>}
        {said("by") && <Fact name={t("proof.by")}>{said("by")}</Fact>}
        <Fact name={t("proof.sure")}>{names.tierSays(link.tier)}{link.confidence < 1 && ` ${format.share(link.confidence)}`}</Fact>
      </dl>
      <Group gap="xs" mt={4}>
        {said("message_id") && (
          <Button size="xs" variant="default" leftSection={<IconTimeline size={14} />} onClick={show}>{t("proof.show")}</Button>
        )}
        {link.active && may("merge") && (
          <Button size="xs" variant="default" leftSection={<IconScissors size={14} />} onClick={() => setAsking(true)}>{t("takeBack.do")}</Button>
        )}
      </Group>
      <TakeBack link={link} personId={personId} opened={asking} onClose={() => setAsking(false)} onDone={onDone} />
    </div>
  );

  function show(): void {
    void navigate(...toEvent({ at: link.first_proof_at, messageId: said("message_id") ?? undefined, source: said("source") ?? undefined }));
  }

  function because(): string {
    const kinds = Array.isArray(proof.kinds) ? proof.kinds.map((kind) => names.kind(String(kind))) : [];
    if (link.tier === "manual") return t("proof.byHand");
    const call = said("event") ?? said("type");
    return kinds.length === 2 ? t("proof.together", { a: kinds[0], b: kinds[1], call: call ?? t("proof.call") }) : (call ?? t("proof.call"));
  }
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
