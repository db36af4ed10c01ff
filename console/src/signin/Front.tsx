import { UnstyledButton } from "@mantine/core";
import { useEffect } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Away } from "../app/Away";
import { Mark } from "../app/Mark";
import { LANGUAGES, speak } from "../texts";
import classes from "./SignIn.module.css";

const OWN_NAMES = { en: "English", de: "Deutsch", pl: "Polski" } as const;

/** The frame of the pages that one sees without being signed in. */
export function Front({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  const { i18n } = useTranslation();
  useEffect(() => {
    document.title = `${title} · Segue`;
  }, [title]);
  return (
    <div className={classes.front}>
      <main className={classes.box}>
        <Away />
        <span className={classes.brand}><Mark size={34} /></span>
        <div className={classes.card}>
          <div>
            <h1 className={classes.title}>{title}</h1>
            {lead && <p className={classes.lead}>{lead}</p>}
          </div>
          {children}
        </div>
      </main>
      <footer className={classes.foot}>
        {LANGUAGES.map((name) => (
          <UnstyledButton key={name} lang={name} fz="sm" aria-current={i18n.language === name || undefined} onClick={() => void speak(name)}>
            {OWN_NAMES[name]}
          </UnstyledButton>
        ))}
      </footer>
    </div>
  );
}
