import type { ReactNode } from "react";
import classes from "./Imports.module.css";

/** A name and its figure, in a list of facts. */
export function Fact({ name, children, says }: { name: string; children: ReactNode; says?: string }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
      {says && <dd className={classes.quiet}>{says}</dd>}
    </div>
  );
}
