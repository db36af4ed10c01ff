/** A keyboard on the screen; whoever has a real one may type on that. */
import { useState } from "react";
import { BACK, press, rows, SHIFT, type Sort, SPACE } from "./keyboard";
import styles from "./Kiosk.module.css";
import { useSetting } from "./setting";

interface Props {
  readonly sort: Sort;
  readonly text: string;
  readonly onText: (text: string) => void;
}

export function Keyboard({ sort, text, onText }: Props) {
  const { say, locale } = useSetting();
  const [shift, setShift] = useState(false);
  const names: Readonly<Record<string, string>> = { [BACK]: say("erase"), [SPACE]: say("space"), [SHIFT]: say("shift") };
  const touch = (key: string) => {
    onText(press(text, key, { shift, sort }));
    setShift(key === SHIFT && !shift);
  };
  return (
    <div className={styles.keyboard} role="group" aria-label={say("keyboard")} data-sort={sort}>
      {rows(sort, locale).map((row) => (
        <div key={row[0]}>
          {row.map((key) => (
            <button
              key={key} type="button" tabIndex={-1} aria-label={names[key]} aria-pressed={key === SHIFT ? shift : undefined}
              data-wide={key === SPACE || undefined}
              // the field keeps the focus, so that a real keyboard goes on working
              onPointerDown={(event) => event.preventDefault()} onClick={() => touch(key)}
            >
              {shift && key.length === 1 && key !== BACK && key !== SPACE && key !== SHIFT ? key.toUpperCase() : key}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
