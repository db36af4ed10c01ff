import { IconBox, IconChartDots3, IconCompass, IconDatabaseImport, IconFlask, IconGitBranch, IconHome, IconLayoutBoard, IconListNumbers, IconMailOff, IconPlugConnected, IconScale, IconSettings, IconTag, IconUsers, IconUsersGroup } from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";
import type { prefetch } from "./routes";
import type { SignedIn } from "./session";

export interface Place {
  name: "home" | "customers" | "segments" | "traits" | "models" | "actions" | "placements" | "products" | "decisions" | "simulator" | "policy" | "sources" | "imports" | "letters" | "settings" | "tour";
  to: string;
  icon: Icon;
  page: Parameters<typeof prefetch>[0];
}

const PLACES: (Place & { act?: string; also?: string })[] = [
  { name: "home", to: "/", icon: IconHome, page: "home" },
  { name: "customers", to: "/customers", icon: IconUsers, page: "customers" },
  { name: "segments", to: "/segments", icon: IconUsersGroup, page: "segments", act: "segments" },
  { name: "traits", to: "/traits", icon: IconListNumbers, page: "traits", act: "traits" },
  { name: "models", to: "/models", icon: IconChartDots3, page: "models", act: "models" },
  { name: "actions", to: "/actions", icon: IconTag, page: "actions", act: "actions" },
  { name: "placements", to: "/placements", icon: IconLayoutBoard, page: "placements", act: "actions" },
  { name: "products", to: "/products", icon: IconBox, page: "products", act: "catalogue" },
  { name: "decisions", to: "/decisions", icon: IconGitBranch, page: "decisions", act: "decisions" },
  { name: "simulator", to: "/simulator", icon: IconFlask, page: "simulator", act: "definitions", also: "decide" },
  { name: "policy", to: "/policy", icon: IconScale, page: "policies", act: "decisions" },
  { name: "sources", to: "/sources", icon: IconPlugConnected, page: "sources", act: "sources" },
  { name: "imports", to: "/imports", icon: IconDatabaseImport, page: "imports", act: "imports" },
  { name: "letters", to: "/dead-letters", icon: IconMailOff, page: "letters", act: "dead_letters" },
  { name: "settings", to: "/settings", icon: IconSettings, page: "settings", act: "definitions" },
];
const TOUR: Place = { name: "tour", to: "/tour", icon: IconCompass, page: "tour" };

/** The pages that this person's role opens. */
export function placesOf(session: SignedIn): Place[] {
  const open = PLACES.filter(({ act, also }) => (act === undefined || session.may(act)) && (also === undefined || session.may(also)));
  return session.demo ? [...open, TOUR] : open;
}
