import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useParams } from "react-router";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { About } from "./about/About";
import { You } from "./about/You";
import { Audit } from "./audit/Audit";
import { Keys } from "./keys/Keys";
import { IdentityPage } from "./rules/Identity";
import { PlanPage } from "./rules/Plan";
import { PurposesPage } from "./rules/Purposes";
import { SurvivorshipPage } from "./rules/Survivorship";
import { SECTIONS, sectionsOf } from "./sections";
import type { SectionName } from "./sections";
import classes from "./Settings.module.css";
import { SubNav } from "./SubNav";
import { Users } from "./users/Users";

const BODIES: Record<SectionName, ComponentType> = {
  identity: IdentityPage,
  survivorship: SurvivorshipPage,
  purposes: PurposesPage,
  plan: PlanPage,
  users: Users,
  keys: Keys,
  audit: Audit,
  you: You,
  about: About,
};

/** What can be decided about this installation, section by section. */
export default function Settings() {
  const { t } = useTranslation("settings");
  const { section } = useParams();
  const session = useSession();
  const open = sectionsOf(session);
  if (section === undefined) return <Navigate to={`/settings/${open[0]!.name}`} replace />;
  const found = SECTIONS.find(({ name }) => name === section);
  if (!found) return <Lost />;
  const Body = BODIES[found.name];
  return (
    <div className={classes.layout}>
      <SubNav sections={open} current={found.name} />
      <div className={classes.content}>{open.includes(found) ? <Body key={found.name} /> : <Denied title={t(`section.${found.name}`)} />}</div>
    </div>
  );
}
