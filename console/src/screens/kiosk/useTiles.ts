/** What the placement shows to whom the visit is about. */
import { useEffect, useState } from "react";
import { ask, type Decision, Refused } from "../frame/segue";
import { useSetting } from "./setting";
import { view, type Visit } from "./visit";

export type Tiles = { readonly decision: Decision | null; readonly problem: "away" | "refused" | null };

/** Milliseconds after which what is shown while nobody is there is decided anew. */
const ANEW = 5 * 60_000;

/** `said` is her consent as the event that was told: it counts at once, and once. */
export function useTiles(visit: Visit, said: object | null): Tiles {
  const { screen, locale } = useSetting();
  const [tiles, setTiles] = useState<Tiles>({ decision: null, problem: null });
  const [turn, setTurn] = useState(0);
  const shown = view(visit);
  const here = visit.step !== "attract";
  const token = shown === "personal" ? visit.who?.token ?? null : null;
  const fresh = token === null ? null : said;
  useEffect(() => {
    let wanted = true;
    const question = {
      context: { locale, ...(shown === "everybody" ? {} : { page: "member" }) },
      // while nobody is there nobody is named
      ...(here ? { identifiers: { anonymous_id: visit.id } } : {}),
      ...(token === null ? {} : { identity_token: token, events: fresh === null ? [] : [fresh] }),
    };
    ask(screen, question).then(
      (decision) => wanted && setTiles({ decision, problem: null }),
      (error: unknown) => {
        if (!wanted) return;
        const refused = error instanceof Refused && (error.status === 401 || error.status === 403);
        // what was there for everybody may stay; what is hers may not, for it is no longer known whose it is
        setTiles((before) => ({ decision: token === null ? before.decision : null, problem: refused ? "refused" : "away" }));
      },
    );
    return () => {
      wanted = false;
    };
  }, [screen, locale, shown, here, token, fresh, visit.id, turn]);
  useEffect(() => {
    if (here) return;
    const timer = setInterval(() => setTurn((now) => now + 1), ANEW);
    return () => clearInterval(timer);
  }, [here]);
  return tiles;
}
