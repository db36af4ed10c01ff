import { Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { send } from "../../api/client";
import { useWide } from "../../parts/VirtualRows";
import { undoable } from "../../parts/undoable";
import { Finding } from "./Finding";
import type { Glance } from "./Finding";
import { SideBySide } from "./SideBySide";

interface Props {
  personId: string;
  opened: boolean;
  onClose: () => void;
}

/** Joins her with another customer: find the other, see both, say yes; an undo is offered at once and stays possible. */
export function Merge({ personId, opened, onClose }: Props) {
  const { t } = useTranslation("acts");
  const wide = useWide();
  return (
    <Modal opened={opened} onClose={onClose} size="lg" fullScreen={!wide} radius={wide ? "lg" : 0} title={<Text fw={620} size="lg">{t("merge.title")}</Text>}>
      <Steps personId={personId} onClose={onClose} />
    </Modal>
  );
}

function Steps({ personId, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation("acts");
  const [other, setOther] = useState<Glance | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const renew = () => client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith("/api/v1/persons") });
  const merge = async (chosen: Glance) => {
    const one = await send("post", "/api/v1/persons/{person_id}/merge", {
      params: { path: { person_id: personId } },
      body: { person_id: chosen.person_id },
    });
    onClose();
    if (one.person_id !== personId) await navigate(`/customers/${one.person_id}`, { replace: true });
    await renew();
    undoable(t("merge.done"), async () => {
      await send("post", "/api/v1/persons/{person_id}/unmerge", {
        params: { path: { person_id: one.person_id } },
        body: { link_id: one.link_id, all: false },
      });
      // the merged record may be what is on the screen: show the one that was
      if (window.location.pathname.includes(one.person_id)) await navigate(`/customers/${personId}`, { replace: true });
      await renew();
    });
  };
  if (other === null) return <Finding personId={personId} onFound={setOther} onClose={onClose} />;
  return <SideBySide personId={personId} other={other} onBack={() => setOther(null)} onMerge={() => merge(other)} />;
}
