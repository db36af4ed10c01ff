import { useId } from "react";
import type { ReactNode } from "react";
import classes from "../Imports.module.css";

/** A part of the form: its name, what it is for, its fields, and what is wrong with them. */
export function Part({ title, says, problem, children }: { title: string; says?: ReactNode; problem?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.part} aria-labelledby={id} data-problem={problem ? true : undefined}>
      <h2 id={id} className={classes.partTitle}>{title}</h2>
      {says && <p className={classes.quiet}>{says}</p>}
      {children}
      {problem && <p className={classes.problem}>{problem}</p>}
    </section>
  );
}
