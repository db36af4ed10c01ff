import { Popover } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import classes from "./Hint.module.css";

interface Props {
  /** What stands on the page; points at more. */
  children: ReactNode;
  /** What is told on hover, on focus and on a tap. */
  says: ReactNode;
  /** The name of the button where its content is no text. */
  label?: string;
  width?: number;
  /** Without the dotted line below. */
  plain?: boolean;
}

const CLOSES_AFTER = 120;
const OPENS_AFTER = 90;

/** Something with more to tell: by mouse, by keyboard and by finger alike. Escape closes it. */
export function Hint({ children, says, label, width = 300, plain }: Props) {
  const [opened, setOpened] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (open: boolean) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpened(open), open ? OPENS_AFTER : CLOSES_AFTER);
  };
  const now = (open: boolean) => {
    clearTimeout(timer.current);
    setOpened(open);
  };
  const mouse = {
    onPointerEnter: (event: React.PointerEvent) => event.pointerType === "mouse" && later(true),
    onPointerLeave: (event: React.PointerEvent) => event.pointerType === "mouse" && later(false),
  };
  return (
    <Popover opened={opened} onChange={now} width={width} position="bottom-start" shadow="md" withinPortal trapFocus={false} returnFocus={false} transitionProps={{ duration: 80 }}>
      <Popover.Target>
        <button
          type="button"
          className={classes.target}
          data-plain={plain || undefined}
          aria-label={label}
          {...mouse}
          onFocus={(event) => event.currentTarget.matches(":focus-visible") && now(true)}
          onBlur={(event) => !box.current?.contains(event.relatedTarget) && later(false)}
          onClick={(event) => {
            event.stopPropagation();
            now(true);
          }}
          onKeyDown={(event) => event.key === "Escape" && now(false)}
        >
          {children}
        </button>
      </Popover.Target>
      <Popover.Dropdown ref={box} className={classes.box} {...mouse} onClick={(event) => event.stopPropagation()}>{says}</Popover.Dropdown>
    </Popover>
  );
}
