import type { Changes } from "../changes";
import type { Client } from "../client";
import type { Seeing } from "../seeing";
import type { Visits } from "../visits";

/** What captures by itself has to do with. */
export interface Scene {
  client: Client;
  visits: Visits;
  seeing: Seeing;
  changes: Changes;
}
