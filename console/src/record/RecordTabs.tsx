import { Tabs } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { useSession } from "../app/session";
import { useFormat } from "../parts/format";
import type { GoldenRecord } from "./data";
import { TabOutline } from "./Outline";
import { Overview } from "./overview/Overview";
import classes from "./Record.module.css";

const Insights = lazy(() => import("./insights/Insights"));
const Decided = lazy(() => import("./decided/Decided"));
const Timeline = lazy(() => import("./timeline/Timeline"));
const Identity = lazy(() => import("./identity/Identity"));
const Consent = lazy(() => import("./consent/Consent"));

const TABS = ["overview", "insights", "decisions", "timeline", "identity", "consent"] as const;
type Tab = (typeof TABS)[number];
const ACTS: Partial<Record<Tab, string>> = { decisions: "decisions", timeline: "timeline", identity: "identity" };

/** The parts of a record, each with an address of its own (#timeline). */
export function RecordTabs({ record }: { record: GoldenRecord }) {
  const { t } = useTranslation("record");
  const { may } = useSession();
  const format = useFormat();
  const navigate = useNavigate();
  const { hash, search } = useLocation();
  const open = TABS.filter((tab) => may(ACTS[tab] ?? "show"));
  const tab = open.find((each) => `#${each}` === hash) ?? "overview";
  const go = (next: string | null) => next && void navigate({ search, hash: `#${next}` }, { replace: true, preventScrollReset: true });
  return (
    <Tabs value={tab} onChange={go} keepMounted={false}>
      <Tabs.List className={classes.tabs}>
        {open.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {t(`tab.${each}`)}
            {each === "identity" && <span className={classes.count}>{format.number(record.identifiers.length)}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} pt="md" className={classes.panel}>
        <Suspense fallback={<TabOutline />}>
          {tab === "overview" && <Overview record={record} />}
          {tab === "insights" && <Insights record={record} />}
          {tab === "decisions" && <Decided personId={record.person_id} />}
          {tab === "timeline" && <Timeline personId={record.person_id} />}
          {tab === "identity" && <Identity personId={record.person_id} />}
          {tab === "consent" && <Consent record={record} />}
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}
