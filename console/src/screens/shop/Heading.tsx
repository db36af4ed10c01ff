/** A page's heading: it names the tab, and takes the focus when somebody has gone there. */
import { useEffect, useRef } from "react";
import styles from "./Shop.module.css";
import { useShop } from "./shop";

let first = true;

export function Heading({ children, hidden = false }: { children: string; hidden?: boolean }) {
  const { say } = useShop();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · ${say("name")}`;
    if (first) first = false;
    else heading.current?.focus({ preventScroll: true });
  }, [children, say]);
  return (
    <h1 ref={heading} tabIndex={-1} className={hidden ? styles.unseen : styles.heading}>
      {children}
    </h1>
  );
}
