import { Button, Code } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/client";
import classes from "./Failed.module.css";

interface Props {
  error: unknown;
  retry?: () => void;
  /** In place of the error's own title. */
  title?: string;
  /** It is all there is on the page. */
  page?: boolean;
}

/** What went wrong, in words, with its cure and another try. */
export function Failed({ error, retry, title, page }: Props) {
  const { t } = useTranslation("parts");
  const told = asApiError(error);
  const unreachable = told.status === 0 && told.code === "unreachable";
  const Picture = unreachable ? IconPlugConnectedX : IconAlertTriangle;
  const message = unreachable ? t("failed.unreachable") : told.message;
  return (
    <div className={classes.failed} data-page={page || undefined} role="alert">
      <Picture className={classes.icon} size={20} stroke={1.75} aria-hidden />
      <div className={classes.words}>
        <p className={classes.title}>{title ?? (unreachable ? message : t("failed.title"))}</p>
        {(title || !unreachable) && <p>{upper(message)}</p>}
        {unreachable ? <p className={classes.cure}>{t("failed.unreachableCure")}</p> : told.cure && <p className={classes.cure}>{upper(told.cure)}</p>}
        {told.status >= 500 && <p className={classes.cure}><Code>{told.code}</Code></p>}
        {retry && (
          <Button mt="xs" size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={retry}>
            {t("failed.retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The API's messages begin small, as they do after a colon; on a line of their own they begin large. */
function upper(text: string): string {
  const said = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
