import { useTranslation } from "react-i18next";
import classes from "./Code.module.css";
import { Copy } from "./Copy";

/** A snippet as it is typed or pasted, with a button to copy it. */
export function Code({ text, language, maxHeight }: { text: string; language?: string; maxHeight?: number }) {
  const { t } = useTranslation("parts");
  return (
    <div className={classes.code}>
      <pre tabIndex={0} aria-label={t("code.label", { language: language ?? "" })} style={maxHeight ? { maxHeight } : undefined}>
        <code>{text}</code>
      </pre>
      <div className={classes.copy}><Copy value={text} /></div>
    </div>
  );
}
