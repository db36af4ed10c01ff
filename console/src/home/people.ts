/** What persons are called, asked a few at a time as they come into view, newest first. */
import { useEffect, useState } from "react";
import { send } from "../api/client";

export interface Called {
  label: string;
  known: boolean;
}

const BREATH = 250;
/** Asked at a time. */
const AT_ONCE = 5;
const KEPT = 400;

/** Names of these persons as far as they are known yet; null: nobody of this id is there any more. */
export function useCalled(ids: readonly string[]): ReadonlyMap<string, Called | null> {
  const [called, setCalled] = useState<ReadonlyMap<string, Called | null>>(new Map());
  const [asking, setAsking] = useState(false);
  const next = asking ? "" : ids.filter((id) => !called.has(id)).slice(0, AT_ONCE).join(" ");
  useEffect(() => {
    if (next === "") return;
    setAsking(true);
    void Promise.all(next.split(" ").map(ask)).then(async (answers) => {
      setCalled((before) => new Map([...[...before].slice(-KEPT), ...answers]));
      await new Promise((resolve) => setTimeout(resolve, BREATH));
      setAsking(false);
    });
  }, [next]);
  return called;
}

async function ask(id: string): Promise<[string, Called | null]> {
  try {
    const { persons: [person] } = await send("post", "/api/v1/persons/search", { body: { text: id, limit: 1 } });
    return [id, person ? { label: person.label, known: person.known } : null];
  } catch {
    return [id, null]; // a name is no more than a help: the row and its link do without
  }
}
