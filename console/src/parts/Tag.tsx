import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Chip.module.css";

export type Tone = "ok" | "watch" | "wrong" | "info" | "accent" | "quiet";

/** A small word with a tone: a state, a tier, a mark. */
export function Tag({ tone = "quiet", icon: Picture, title, children }: { tone?: Tone; icon?: Icon; title?: string; children: ReactNode }) {
  return (
    <span className={classes.chip} data-tone={tone} title={title}>
      {Picture && <Picture size={13} stroke={2} aria-hidden />}
      <span className={classes.value}>{children}</span>
    </span>
  );
}
