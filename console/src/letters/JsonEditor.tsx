import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Fault } from "./json";
import classes from "./Letters.module.css";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  fault: Fault | null;
  readOnly?: boolean;
}

/** A text of JSON with its line numbers, and the line where it stops being JSON. */
export function JsonEditor({ label, value, onChange, fault, readOnly }: Props) {
  const { t } = useTranslation("letters");
  const id = useId();
  const gutter = useRef<HTMLDivElement>(null);
  const lines = value.split("\n").length;
  return (
    <div>
      <label htmlFor={id} className={classes.label}>{label}</label>
      <div className={classes.editor} data-fault={fault !== null || undefined}>
        <div ref={gutter} className={classes.gutter} aria-hidden>
          {Array.from({ length: lines }, (_, at) => <span key={at} data-fault={fault?.line === at + 1 || undefined}>{at + 1}</span>)}
        </div>
        <textarea
          id={id}
          value={value}
          readOnly={readOnly}
          rows={Math.min(24, Math.max(6, lines))}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={fault !== null}
          aria-describedby={fault ? `${id}-fault` : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      {fault && <p id={`${id}-fault`} className={classes.fault}>{t("editor.fault", { line: fault.line, column: fault.column })}</p>}
    </div>
  );
}
