import { ActionIcon, UnstyledButton } from "@mantine/core";
import { IconFileSpreadsheet, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog, Copy, Failed, Loading, Section, useFormat, When } from "../parts";
import { Drop } from "./Drop";
import classes from "./Imports.module.css";
import { useActs, useFiles } from "./queries";

/** The first step: a file from this computer, or one that lies in the inbox. */
export function Choose({ onChoose }: { onChoose: (name: string) => void }) {
  const { t } = useTranslation("imports");
  const answer = useFiles();
  const found = answer.data;
  return (
    <>
      <Drop onUploaded={onChoose} limit={found?.upload_limit} />
      <Section
        title={t("files.title")}
        description={
          found && <>{t("files.says", { count: found.kept_days })} <span className={classes.folder}><code>{found.folder}</code><Copy value={found.folder} size={22} what={t("files.folder")} /></span></>
        }
        flush
      >
        {answer.isPending && <div className={classes.inset}><Loading rows={3} /></div>}
        {answer.error && <Failed error={answer.error} retry={() => void answer.refetch()} />}
        {found?.files.length === 0 && <p className={classes.inset}>{t("files.none")}</p>}
        {found && found.files.length > 0 && (
          <ul className={classes.files}>
            {found.files.map((file) => <OneFile key={file.name} {...file} onChoose={() => onChoose(file.name)} />)}
          </ul>
        )}
      </Section>
    </>
  );
}

function OneFile({ name, bytes, at, kept_until, onChoose }: { name: string; bytes: number; at: string; kept_until: string; onChoose: () => void }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const { remove } = useActs({ cancelled: "", deleted: (gone) => t("files.deleted", { name: gone }) });
  return (
    <li className={classes.fileRow}>
      <UnstyledButton className={classes.fileChoice} onClick={onChoose}>
        <IconFileSpreadsheet size={20} stroke={1.5} aria-hidden />
        <span className={classes.fileWords}>
          <span className={classes.file}>{name}</span>
          <span className={classes.quiet}>{format.bytes(bytes)} · <When at={at} /> · {t("files.until", { date: format.date(kept_until) })}</span>
        </span>
      </UnstyledButton>
      <ActionIcon variant="subtle" color="gray" size={34} aria-label={t("files.delete", { name })} onClick={() => setAsking(true)}><IconTrash size={17} stroke={1.75} /></ActionIcon>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutateAsync(name)}
        title={t("files.deleteAsk", { name })}
        consequences={[t("files.deleteGone"), t("files.deleteStays")]}
        confirm={t("files.deleteYes")}
        danger
      />
    </li>
  );
}
