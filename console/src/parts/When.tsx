import { useTranslation } from "react-i18next";
import { useFormat } from "./format";
import { useNow } from "./now";

interface Props {
  at: string | null | undefined;
  /** relative (default): "3 minutes ago"; date; time; both: date and time. */
  as?: "relative" | "date" | "time" | "both";
  seconds?: boolean;
}

/** A moment, in the shop's time zone; its title says it exactly, in UTC too. */
export function When({ at, as = "relative", seconds }: Props) {
  const { t } = useTranslation("parts");
  if (!at) return <span>{t("when.never")}</span>;
  return as === "relative" ? <Relative at={at} /> : <Fixed at={at} as={as} seconds={seconds} />;
}

function Relative({ at }: { at: string }) {
  const { t } = useTranslation("parts");
  const format = useFormat();
  const now = Math.max(useNow(), Date.parse(at) || 0);
  const close = now - Date.parse(at) < 10_000;
  return <time dateTime={at} title={exactly(at, format.dateTime(at, { seconds: true }))}>{close ? t("when.now") : format.relative(at, now)}</time>;
}

function Fixed({ at, as, seconds }: Required<Pick<Props, "as">> & { at: string; seconds?: boolean }) {
  const format = useFormat();
  const text = as === "date" ? format.date(at) : as === "time" ? format.time(at, { seconds }) : format.dateTime(at, { seconds });
  return <time dateTime={at} title={exactly(at, format.dateTime(at, { seconds: true }))}>{text}</time>;
}

function exactly(at: string, local: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : `${local}\n${date.toISOString()}`;
}
