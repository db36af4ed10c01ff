import { Title } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** For the browser's tab, when it should differ (no personal data: it goes into the history). */
  documentTitle?: string;
  description?: ReactNode;
  /** Above the title: where this page belongs (a link back). */
  above?: ReactNode;
  /** Beside the title, such as a badge. */
  beside?: ReactNode;
  /** Buttons at the right. */
  actions?: ReactNode;
  /** The heading takes the focus when this changes; by default with the path. Constant: never again. */
  focusKey?: string;
  /** Reading width instead of the whole width. */
  narrow?: boolean;
  children: ReactNode;
}

/** A page: its heading, what can be done, its content. Sets the tab's title and takes the focus. */
export function Page({ title, documentTitle, description, above, beside, actions, focusKey, narrow, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname, key } = useLocation();
  const focusOn = focusKey ?? pathname;
  const first = useRef(key === "default");
  useEffect(() => {
    document.title = `${documentTitle ?? title} · Segue`;
  }, [documentTitle, title]);
  useEffect(() => {
    // the first page of a visit leaves the focus to the browser
    if (first.current) first.current = false;
    else heading.current?.focus({ preventScroll: true });
  }, [focusOn]);
  return (
    <div className={classes.page} data-narrow={narrow || undefined}>
      {above && <div className={classes.above}>{above}</div>}
      <header className={classes.head}>
        <div className={classes.words}>
          <div className={classes.line}>
            <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>{title}</Title>
            {beside}
          </div>
          {description && <div className={classes.description}>{description}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
