import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Empty.module.css";

/** Nothing here: what would be, and what to do about it. */
export function Empty({ icon: Picture, title, children, action, small }: { icon: Icon; title?: ReactNode; children?: ReactNode; action?: ReactNode; small?: boolean }) {
  return (
    <div className={classes.empty} data-small={small || undefined}>
      <span className={classes.icon}><Picture size={small ? 20 : 26} stroke={1.5} aria-hidden /></span>
      {title && <p className={classes.title}>{title}</p>}
      {children && <div className={classes.says}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
