import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./rules/Rules.module.css";

/** A word that explains itself on hover, on focus and on a tap. */
export function Explain({ says, children }: { says: ReactNode; children: ReactNode }) {
  return (
    <Tooltip label={says} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.explain}>{children}</button>
    </Tooltip>
  );
}
