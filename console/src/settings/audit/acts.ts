/** The acts of the audit log in words, and what each was done to. */
import type { Answer } from "../../api/client";
import { placeOf } from "../rules/definitions";

export type Entry = Answer<"/api/v1/audit">["acts"][number];

/** The server's name of each act → the key of its words. A test holds this to the server's code. */
export const ACTS = {
  "signed in": "signedIn",
  "user created": "userCreated",
  "user changed": "userChanged",
  "user link made": "userLink",
  "password set": "password",
  "key created": "keyCreated",
  "key revoked": "keyRevoked",
  "identity secret renewed": "secret",
  "source created": "sourceCreated",
  "source switched on": "sourceOn",
  "source switched off": "sourceOff",
  "definition applied": "definition",
  "catalogue told": "catalogue",
  "proof given": "proofGiven",
  "persons merged": "merged",
  unmerge: "unmerged",
  "identifier deleted": "identifier",
  "person exported": "exported",
  "note added": "noted",
  "note corrected": "noteCorrected",
  "note taken back": "noteTakenBack",
  "consent recorded": "consent",
  erase: "erased",
  "dead letter mended": "mended",
  "dead letter replayed": "replayed",
  "import started": "importStarted",
  "import cancelled": "importCancelled",
  "file uploaded": "uploaded",
  "file deleted": "fileDeleted",
  "training started": "trainingStarted",
  "model trained": "trained",
  backup: "backup",
} as const;
export type Act = keyof typeof ACTS;

/** Whether the console has words for an act; others are shown by the server's name. */
export function isKnown(act: string): act is Act {
  return Object.hasOwn(ACTS, act);
}

export interface Subject {
  text: string;
  /** Where it can be looked at. */
  to?: string;
}

/** What an act was done to: `names` are users by id. */
export function subjectOf({ act, subject, detail }: Entry, names: ReadonlyMap<string, string>): Subject {
  if (act.startsWith("user ") || act === "password set" || act === "signed in") return { text: names.get(subject) ?? subject, to: names.has(subject) ? "/settings/users" : undefined };
  if (act.startsWith("key ")) return { text: typeof detail.source === "string" ? `${subject} (${detail.source})` : subject, to: "/settings/keys" };
  if (act.startsWith("source ") || act.startsWith("identity secret")) return { text: subject, to: `/sources/${encodeURIComponent(subject)}` };
  if (act === "definition applied") return { text: subject, to: placeOf(subject) };
  if (["persons merged", "unmerge", "identifier deleted", "person exported", "note added", "note corrected", "note taken back", "consent recorded"].includes(act)) return { text: subject.slice(0, 8), to: `/customers/${subject}` };
  if (act.startsWith("import ")) return { text: typeof detail.file === "string" ? detail.file : subject.slice(0, 8), to: `/imports/${subject}` };
  if (act.startsWith("dead letter")) return { text: subject.slice(0, 8), to: "/dead-letters" };
  if (act === "erase") return { text: subject.slice(0, 8) };
  return { text: subject };
}
