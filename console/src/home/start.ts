/** The first three steps of an installation, and which of them are still to do. */
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import { useSession } from "../app/session";
import { useSources } from "./data";

export type StepName = "source" | "import" | "customer";

export interface Start {
  /** What is left to do, in this order. */
  left: StepName[];
  visit: (step: StepName) => void;
  dismiss: () => void;
}

/** Nothing is left for a demo, which has a tour instead, nor once it was dismissed in this browser. */
export function useStart(persons: number): Start {
  const { may, demo } = useSession();
  const [kept, keep] = useLocalStorage<{ seen?: boolean; dismissed?: boolean }>({ key: "segue-start", defaultValue: {}, getInitialValueInEffect: false });
  const sources = useSources();
  const wanted = !demo && !kept.dismissed;
  const imports = useQuery({ ...get("/api/v1/imports"), enabled: wanted && may("imports") });
  // a new installation has a source to begin with: done is this when one has sent something
  const todo: Record<StepName, boolean> = {
    source: may("manage_sources") && sources.data?.sources.every((each) => each.last_event_at === null) === true,
    import: may("import") && imports.data?.imports.some(({ state }) => state === "done") === false,
    customer: !kept.seen || persons === 0,
  };
  // all or none: steps do not drop in one by one
  const told = (!may("sources") || sources.data !== undefined) && (!may("imports") || imports.data !== undefined);
  const left = wanted && told ? (["source", "import", "customer"] as const).filter((step) => todo[step]) : [];
  return {
    left,
    visit: (step) => step === "customer" && persons > 0 && keep({ ...kept, seen: true }),
    dismiss: () => keep({ ...kept, dismissed: true }),
  };
}
