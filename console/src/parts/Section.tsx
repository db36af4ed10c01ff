import { useId } from "react";
import type { ReactNode } from "react";
import classes from "./Section.module.css";

interface Props {
  title: ReactNode;
  description?: ReactNode;
  /** At the right of the title: a link, a count, a small control. */
  aside?: ReactNode;
  /** Content to the very edge: tables, lists, charts. */
  flush?: boolean;
  /** Title over the content without a box. */
  bare?: boolean;
  children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Section({ title, description, aside, flush, bare, children }: Props) {
  const id = useId();
  return (
    <section className={classes.section} data-bare={bare || undefined} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id} className={classes.title}>{title}</h2>
        {aside && <div className={classes.aside}>{aside}</div>}
        {description && <p className={classes.description}>{description}</p>}
      </div>
      <div className={classes.body} data-flush={flush || undefined}>{children}</div>
    </section>
  );
}
