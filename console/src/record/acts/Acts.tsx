import type { Answer } from "../../api/client";

export type GoldenRecord = Answer<"/api/v1/persons/{person_id}">;

/** What can be done with the record: merge, export, erase. */
export default function Acts({ personId: _personId, record: _record }: { personId: string; record: GoldenRecord }) {
  return null;
}
