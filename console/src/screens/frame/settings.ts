/** What a screen is set up with: keys and a place, from the fragment of its address. */
export const PAGES = ["shop", "display", "kiosk", "associate", "till"] as const;
export type PageName = (typeof PAGES)[number];

export interface Screen {
  readonly page: PageName;
  /** decides: bound to one placement */
  readonly key: string;
  /** brings events; empty: outcomes are not told */
  readonly write: string;
  readonly placement: string;
  /** id of the store it stands in; empty: in none */
  readonly store: string;
  readonly locale: string;
  /** names this screen in its events; made once */
  readonly device: string;
}

const NAMES = ["key", "write", "placement", "store", "locale"] as const;
type Kept = Partial<Record<(typeof NAMES)[number] | "device", string>>;

/** The page of a path such as `/screens/till/…`; null for none. */
export function pageOf(path: string): PageName | null {
  const name = path.split("/")[2] ?? "";
  return (PAGES as readonly string[]).includes(name) ? (name as PageName) : null;
}

/** What the address says, and what it said before; the fragment goes out of the address and is kept here. */
export function readScreen(page: PageName, where: Location = location, into: Storage = localStorage): Screen {
  const kept = stored(page, into);
  const said = new URLSearchParams(where.hash.replace(/^#/, ""));
  const told: Kept = { ...kept };
  for (const name of NAMES) {
    const value = said.get(name);
    if (value !== null) told[name] = value;
  }
  told.device ??= crypto.randomUUID();
  keep(page, told, into);
  if (NAMES.some((name) => said.has(name))) history.replaceState(history.state, "", where.pathname + where.search);
  return {
    page,
    key: told.key ?? "",
    write: told.write ?? "",
    placement: told.placement ?? "",
    store: told.store ?? "",
    locale: told.locale ?? navigator.language,
    device: told.device,
  };
}

/** Set the screen up anew; what is not named stays. */
export function setScreen(page: PageName, told: Kept, into: Storage = localStorage): void {
  keep(page, { ...stored(page, into), ...told }, into);
}

const shelf = (page: PageName): string => `segue.screen.${page}`;

function stored(page: PageName, from: Storage): Kept {
  try {
    const found: unknown = JSON.parse(from.getItem(shelf(page)) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Kept) : {};
  } catch {
    return {}; // storage is closed, or holds something else: the address says it again
  }
}

function keep(page: PageName, told: Kept, into: Storage): void {
  try {
    into.setItem(shelf(page), JSON.stringify(told));
  } catch {
    // storage is closed: the screen forgets its keys when it is closed
  }
}
