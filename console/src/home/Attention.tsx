import { Button, Code } from "@mantine/core";
import { IconArrowRight, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Answer } from "../api/client";
import type { SignedIn } from "../app/session";
import { useSession } from "../app/session";
import { useReasons } from "../letters/reasons";
import { Section, VerdictBadge } from "../parts";
import classes from "./Home.module.css";

type Items = Answer<"/api/v1/overview">["attention"];

/** What somebody should look at, the worst first; one calm line when there is nothing. */
export function Attention({ items }: { items: Items }) {
  const { t } = useTranslation("home");
  const session = useSession();
  const whatOf = useWhat();
  const { name } = useReasons();
  // reasons by their names; what to do about them stands on their own page
  const says = (item: Items[number]) => (item.what === LETTERS ? item.says.replace(/[a-z]+(_[a-z]+)+|\binternal\b/g, name) : item.says);
  if (items.length === 0) {
    return (
      <p className={classes.calm}>
        <IconCircleCheck size={18} stroke={1.75} aria-hidden />
        <span><strong>{t("attention.none")}</strong> {t("attention.noneSays")}</span>
      </p>
    );
  }
  return (
    <Section title={t("attention.title")} aside={t("attention.count", { count: items.length })}>
      <ul className={classes.attention}>
        {items.map((item) => (
          <li key={`${item.what} ${item.says}`}>
            <VerdictBadge verdict={item.verdict} />
            <div className={classes.what}>
              <p><strong>{whatOf(item.what)}</strong>: {says(item)}</p>
              {item.cure && item.what !== LETTERS && <p className={classes.cure}><Spelt text={item.cure} /></p>}
            </div>
            {item.link && opens(item.link, session) && (
              <Button component={Link} to={item.link} size="compact-sm" variant="default" rightSection={<IconArrowRight size={14} aria-hidden />} aria-label={t("attention.openThis", { what: whatOf(item.what) })}>
                {t("attention.open")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

const LETTERS = "dead letters";
const WHATS = ["dead_letters", "loop", "lake", "disk", "identity", "erasures", "key_expiry"] as const;

/** What it is about, in the reader's language where we have a word for it. */
function useWhat(): (what: string) => string {
  const { t } = useTranslation("home");
  return (what) => {
    const known = WHATS.find((each) => each === what.replaceAll(" ", "_"));
    if (known) return t(`attention.what.${known}`);
    return what.startsWith("source ") ? t("attention.what.source", { name: what.slice("source ".length) }) : what;
  };
}

/** Text in which `commands` stand between backticks. */
function Spelt({ text }: { text: string }) {
  return text.split("`").map((piece, n) => (n % 2 ? <Code key={n}>{piece}</Code> : piece));
}

const DOORS: [path: string, act: string][] = [
  ["/dead-letters", "dead_letters"], ["/settings/audit", "audit"], ["/settings", "definitions"], ["/sources", "sources"], ["/imports", "imports"],
];

/** Whether her role opens the page that the link leads to. */
function opens(link: string, { may }: SignedIn): boolean {
  const act = DOORS.find(([path]) => link.startsWith(path))?.[1];
  return act === undefined || may(act);
}
