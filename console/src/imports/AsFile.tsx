import { useTranslation } from "react-i18next";
import { Copy, Section } from "../parts";
import { CodeEditor } from "../settings/rules/CodeEditor";
import { Download } from "./Download";
import classes from "./Imports.module.css";

/** The mapping as its file, to write, copy and take along. */
export function AsFile({ text, onChange, file }: { text: string; onChange: (text: string) => void; file: string }) {
  const { t } = useTranslation("imports");
  const name = `${file.split(".")[0]}.yaml`;
  return (
    <Section
      title={t("asFile.title")}
      description={<>{t("asFile.says")} <code>segue import {file} --mapping {name}</code></>}
      aside={<span className={classes.line}><Copy value={text} /><Download text={text} name={name} /></span>}
    >
      <CodeEditor value={text} onChange={onChange} language="yaml" label={t("asFile.title")} problems={NONE} />
    </Section>
  );
}

const NONE: never[] = [];
