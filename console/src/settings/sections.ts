import {
  IconAdjustmentsHorizontal, IconFingerprint, IconInfoCircle, IconKey, IconListCheck, IconNotebook, IconScale, IconUserCircle, IconUsersGroup,
} from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";
import type { SignedIn } from "../app/session";

export type SectionName = "identity" | "survivorship" | "purposes" | "plan" | "users" | "keys" | "audit" | "you" | "about";

export interface SectionPlace {
  name: SectionName;
  group: "rules" | "access" | "here";
  icon: Icon;
  /** The act that opens it; none: anybody who is signed in. */
  act?: string;
}

export const SECTIONS: readonly SectionPlace[] = [
  { name: "identity", group: "rules", icon: IconFingerprint, act: "definitions" },
  { name: "survivorship", group: "rules", icon: IconScale, act: "definitions" },
  { name: "purposes", group: "rules", icon: IconAdjustmentsHorizontal, act: "definitions" },
  { name: "plan", group: "rules", icon: IconListCheck, act: "definitions" },
  { name: "users", group: "access", icon: IconUsersGroup, act: "users" },
  { name: "keys", group: "access", icon: IconKey, act: "keys" },
  { name: "audit", group: "access", icon: IconNotebook, act: "audit" },
  { name: "you", group: "here", icon: IconUserCircle },
  { name: "about", group: "here", icon: IconInfoCircle },
];

/** The sections that this person's role opens. */
export function sectionsOf(session: Pick<SignedIn, "may">): SectionPlace[] {
  return SECTIONS.filter(({ act }) => act === undefined || session.may(act));
}
