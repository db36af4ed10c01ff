import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { send } from "../../api/client";
import type { Answer } from "../../api/client";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { done } from "../../parts/undoable";
import type { Link } from "./graph";

type Unmerged = Answer<"/api/v1/persons/{person_id}/unmerge", "post">;

interface Props {
  link: Link;
  personId: string;
  opened: boolean;
  onClose: () => void;
  onDone: () => void;
}

/** Takes a link back for good; where others still join its ends, offers to separate them all the same. */
export function TakeBack({ link, personId, opened, onClose, onDone }: Props) {
  const { t } = useTranslation("identity");
  const [still, setStill] = useState<Unmerged | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const close = () => {
    setStill(null);
    onClose();
  };
  const take = async (all: boolean) => {
    const answer = await send("post", "/api/v1/persons/{person_id}/unmerge", {
      params: { path: { person_id: personId } },
      body: { link_id: link.link_id, all },
    });
    await client.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/persons") });
    const parted = new Set(answer.persons).size > 1;
    done(parted ? t("takeBack.parted") : t("takeBack.done"));
    if (!parted && !all && answer.still_joined_by.length > 0) return setStill(answer);
    onDone();
    const here = answer.persons.includes(personId) ? personId : answer.persons[0];
    if (here && here !== personId) void navigate(`/customers/${here}#identity`);
  };
  const more = still !== null;
  return (
    <>
      <ConfirmDialog
        opened={opened && !more}
        onClose={onClose}
        onConfirm={() => take(false)}
        title={t("takeBack.title")}
        consequences={[t("takeBack.consequence.apart"), t("takeBack.consequence.history"), t("takeBack.consequence.audit")]}
        confirm={t("takeBack.do")}
      >
        {t("takeBack.says")}
      </ConfirmDialog>
      <ConfirmDialog
        opened={more}
        onClose={close}
        onConfirm={() => take(true)}
        title={t("takeBack.still.title", { count: still?.still_joined_by.length ?? 0 })}
        consequences={[t("takeBack.still.all"), t("takeBack.consequence.audit")]}
        confirm={t("takeBack.still.do")}
        danger
      >
        {t("takeBack.still.says")}
      </ConfirmDialog>
    </>
  );
}
