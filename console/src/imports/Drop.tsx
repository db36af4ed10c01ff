import { Button, Progress } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { upload } from "../api/upload";
import { Failed, useFormat } from "../parts";
import classes from "./Imports.module.css";
import { FILES } from "./queries";

/** Takes one file by dropping or choosing, and sends it with its progress. */
export function Drop({ onUploaded, limit }: { onUploaded: (name: string) => void; limit?: number }) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { sending, error, send, stop } = useSending(onUploaded, limit);
  const take = (files: FileList | null) => files?.[0] && void send(files[0]);
  const drag = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (!sending) take(event.dataTransfer.files);
    },
  };
  return (
    <div className={classes.drop} data-over={over || undefined} {...drag}>
      {sending ? (
        <div className={classes.sending}>
          <span className={classes.line}><span className={classes.file}>{sending.name}</span><span data-figure>{format.share(sending.part, 0)}</span></span>
          <Progress value={sending.part * 100} size="lg" aria-label={t("drop.progress")} animated={sending.part >= 1} />
          <span className={classes.line}>
            <span className={classes.quiet}>{t("drop.sent", { sent: format.bytes(sending.part * sending.bytes), all: format.bytes(sending.bytes) })}</span>
            <Button size="compact-sm" variant="default" onClick={stop}>{t("drop.stop")}</Button>
          </span>
        </div>
      ) : (
        <>
          <IconUpload size={28} stroke={1.5} aria-hidden />
          <p className={classes.dropTitle}>{t("drop.title")}</p>
          <Button onClick={() => input.current?.click()}>{t("drop.choose")}</Button>
          <p className={classes.quiet}>{t("drop.says", { limit: limit === undefined ? "…" : format.bytes(limit) })}</p>
        </>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t("drop.choose")}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      {error !== null && <Failed error={error} title={t("drop.failed")} />}
    </div>
  );
}

/** One upload at a time; leaving the page stops it. */
function useSending(onUploaded: (name: string) => void, limit?: number) {
  const { t } = useTranslation("imports");
  const format = useFormat();
  const client = useQueryClient();
  const [sending, setSending] = useState<{ name: string; bytes: number; part: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const control = useRef<AbortController>(null);
  useEffect(() => () => control.current?.abort(), []);
  const send = async (file: File) => {
    setError(null);
    if (limit !== undefined && file.size > limit) {
      setError(new ApiError(413, "too_large", t("drop.large", { size: format.bytes(file.size), limit: format.bytes(limit) }), t("drop.largeCure")));
      return;
    }
    if (file.size === 0) {
      setError(new ApiError(400, "empty", t("drop.empty"), t("drop.emptyCure")));
      return;
    }
    control.current = new AbortController();
    setSending({ name: file.name, bytes: file.size, part: 0 });
    try {
      const kept = await upload(file, (part) => setSending((before) => before && { ...before, part }), control.current.signal);
      await client.invalidateQueries({ queryKey: [FILES] });
      onUploaded(kept.name);
    } catch (problem) {
      if (!(problem instanceof DOMException && problem.name === "AbortError")) setError(problem);
    } finally {
      setSending(null);
    }
  };
  return { sending, error, send, stop: () => control.current?.abort() };
}
