import { Button, SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failed } from "../parts";
import { AsFile } from "./AsFile";
import { Earlier } from "./Earlier";
import { FileTable } from "./FileTable";
import { Form } from "./form/Form";
import classes from "./Imports.module.css";
import type { Mapping } from "./mapping";
import { placeOf } from "./mapping";
import { PreviewPane } from "./PreviewPane";
import { previewOf, useActs } from "./queries";
import type { Look } from "./queries";

/** A mapping under way: in the form, or as the text of its file. */
export type Draft = { mapping: Mapping } | { text: string };

interface Props {
  file: string;
  look: Look;
  given?: { text: string; mapping: unknown };
  onFormat: (format: Record<string, string>) => void;
  onOther: () => void;
}

const PAUSE = 350;

function first(look: Look, given: Props["given"]): Draft {
  if (given === undefined) return { mapping: look.suggested as unknown as Mapping };
  return given.mapping ? { mapping: given.mapping as Mapping } : { text: given.text };
}

/** The second step: the file, the form, and beside it what the first rows become. */
export function Mapper({ file, look, given, onFormat, onOther }: Props) {
  const { t } = useTranslation("imports");
  const [draft, setDraft] = useState<Draft>(() => first(look, given));
  const text = "text" in draft ? draft.text : JSON.stringify(draft.mapping);
  const [asked] = useDebouncedValue(text, PAUSE);
  const answer = useQuery(previewOf(file, asked));
  const current = asked === text && !answer.isPlaceholderData && !answer.isFetching;
  const { data: preview } = answer;
  const problem = preview?.problem ?? null;
  const { start } = useActs({ cancelled: "", deleted: () => "" });
  const mapping = "mapping" in draft ? draft.mapping : null;
  const ready = current && preview !== undefined && problem === null && Boolean((preview.mapping as { source?: string } | null)?.source);
  const other = (way: string) => {
    if (way === "file") setDraft({ text: (current && preview?.yaml) || text });
    else if (preview?.mapping) setDraft({ mapping: preview.mapping as unknown as Mapping });
  };
  return (
    <>
      <FileTable file={file} look={look} onFormat={onFormat} onOther={onOther} />
      <div className={classes.mapper}>
        <div className={classes.stack}>
          <div className={classes.line}>
            <SegmentedControl
              size="sm"
              value={mapping ? "form" : "file"}
              onChange={other}
              data={[
                { value: "form", label: t("map.form"), disabled: mapping === null && !(current && preview?.mapping) },
                { value: "file", label: t("map.file") },
              ]}
              aria-label={t("map.how")}
            />
            <Earlier file={file} onChoose={setDraft} />
          </div>
          {mapping ? (
            <Form
              mapping={mapping}
              columns={look.columns}
              onChange={(next) => setDraft({ mapping: next })}
              problem={problem && { place: placeOf(problem.message, mapping), ...problem }}
            />
          ) : (
            <AsFile text={text} onChange={(next) => setDraft({ text: next })} file={file} />
          )}
        </div>
        <div className={classes.beside}>
          <PreviewPane preview={preview} waiting={!current} error={answer.error} retry={() => void answer.refetch()} />
        </div>
      </div>
      <div className={classes.go}>
        {start.error && <Failed error={start.error} title={t("go.failed")} />}
        <div className={classes.line}>
          <span className={classes.quiet}>{problem ? t("go.problem") : t("go.says")}</span>
          <Button
            rightSection={<IconArrowRight size={16} />}
            disabled={!ready}
            loading={start.isPending}
            onClick={() => preview && start.mutate({ file, mapping: mapping ? preview.yaml : text })}
          >
            {t("go.do")}
          </Button>
        </div>
      </div>
    </>
  );
}
