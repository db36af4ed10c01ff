import { Textarea, useMantineStyleNonce } from "@mantine/core";
import { useEffect, useImperativeHandle, useRef, useState } from "react";
import type { Ref } from "react";
import type { Editor, Marked } from "./codemirror";
import classes from "./Rules.module.css";

export interface EditorHandle {
  goTo: (line: number) => void;
}

interface Props {
  value: string;
  onChange: (value: string) => void;
  language: "yaml" | "json";
  label: string;
  problems: readonly Marked[];
  ref?: Ref<EditorHandle>;
}

/** A text with numbered lines, colours and marks; a plain text area until the editor's code is there, or where it cannot come. */
export function CodeEditor({ value, onChange, language, label, problems, ref }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const nonce = useMantineStyleNonce()?.() ?? "";
  const latest = useRef({ value, onChange, label, nonce });
  useEffect(() => {
    latest.current = { value, onChange, label, nonce };
  });

  useEffect(() => {
    let [made, gone]: [Editor | null, boolean] = [null, false];
    import("./codemirror").then(
      ({ edit }) => {
        if (gone || place.current === null) return;
        const { value: text, label: called, nonce: given } = latest.current;
        made = edit(place.current, { text, language, label: called, nonce: given, onChange: (next) => latest.current.onChange(next) });
        setEditor(made);
      },
      () => undefined, // the text area stays
    );
    return () => {
      gone = true;
      setEditor(null);
      made?.destroy();
    };
  }, [language]);

  useEffect(() => editor?.show(value), [editor, value]);
  useEffect(() => editor?.mark(problems), [editor, problems]);
  useImperativeHandle(ref, () => ({ goTo: (line) => (editor ? editor.goTo(line) : plain.current?.focus()) }), [editor]);
  return (
    <div className={classes.editor} data-wrong={problems.length > 0 || undefined}>
      <div ref={place} />
      {editor === null && (
        <Textarea
          ref={plain}
          aria-label={label}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          rows={16}
          spellCheck={false}
          variant="unstyled"
          classNames={{ input: classes.plainEditor }}
        />
      )}
    </div>
  );
}
