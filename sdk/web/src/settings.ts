/** What the person who installs the SDK can choose. */
import type { Analytics, AnalyticsBrowser } from "@segment/analytics-next";
import type { BasketLine } from "./page";

/** What is captured by itself; each can be switched off. */
export interface Capture {
  /** page views, those of single-page applications too */
  page: boolean;
  /** clicks on links, buttons and `data-segue-click` */
  click: boolean;
  /** 25, 50, 75 and 100 percent of a page's height */
  scroll: boolean;
  /** seconds in which a page was visible */
  dwell: boolean;
  /** what is searched for in the shop */
  search: boolean;
  /** forms that are submitted: names of fields, never what is in them */
  form: boolean;
  /** three clicks within a second on one spot */
  rage: boolean;
  /** where a visit came from (utm_*, gclid, …) */
  campaign: boolean;
  /** elements with `data-segue-ad` that are really seen */
  ads: boolean;
  /** products by schema.org and data attributes */
  product: boolean;
}

export type CaptureName = keyof Capture;

export const CAPTURES: readonly CaptureName[] = [
  "page",
  "click",
  "scroll",
  "dwell",
  "search",
  "form",
  "rage",
  "campaign",
  "ads",
  "product",
];

/** A token of the retailer's server that proves who is logged in, or what fetches one; null: nobody. */
export type IdentityToken = string | null | (() => string | null | undefined);

export interface Settings {
  /** public ingest key of the source */
  writeKey: string;
  /** address of Segue, with its prefix: `https://shop.example.com/s` */
  host: string;
  /** public key that decides: one for all slots, or one for each placement by name */
  decideKey?: string | Readonly<Record<string, string>>;
  /** `required` (the default): nothing before a yes; `implied`: until a no, where the law lets you */
  consent?: "required" | "implied";
  /** the purpose without which slots are not asked for */
  slotPurpose?: string;
  capture?: Partial<Capture> | false;
  /** milliseconds after which a slot shows the page's own content; as long a link's token is waited for before */
  timeout?: number;
  /** names in an address's query whose values may be kept beside those that are known to tell nothing personal */
  keepQuery?: readonly string[];
  identityToken?: IdentityToken;
  /** say in the console why a link's token was of no use */
  debug?: boolean;
  /** what is in the basket, where no `data-segue-basket` says it */
  basket?: readonly BasketLine[];
  /** a client that is there already; it is loaded from `host` otherwise (module: from the npm package) */
  analytics?: AnalyticsBrowser | Analytics;
}

export interface Chosen {
  readonly writeKey: string;
  readonly host: string;
  readonly keys: string | Readonly<Record<string, string>>;
  readonly consent: "required" | "implied";
  readonly slotPurpose: string;
  readonly capture: Capture;
  /** also beside a client of the page's own, which calls page() itself */
  readonly alwaysPages: boolean;
  readonly timeout: number;
  readonly keepQuery: ReadonlySet<string>;
  readonly debug: boolean;
}

const TIMEOUT = 800;
const SLOWEST = 10_000;

/** Settings with what was left out filled in. Throws where a key or the address is missing. */
export function chosen(settings: Settings): Chosen {
  if (!settings.writeKey) throw new TypeError("segue: writeKey is missing: give the ingest key of your source");
  if (!settings.host) throw new TypeError("segue: host is missing: give the address of your Segue");
  return {
    writeKey: settings.writeKey,
    host: new URL(settings.host, location.href).href.replace(/\/+$/, ""),
    keys: settings.decideKey ?? "",
    consent: settings.consent === "implied" ? "implied" : "required",
    slotPurpose: settings.slotPurpose ?? "personalisation",
    capture: captured(settings),
    alwaysPages: settings.capture !== false && settings.capture?.page === true,
    timeout: bounded(settings.timeout),
    keepQuery: new Set(settings.keepQuery ?? []),
    debug: settings.debug === true,
  };
}

function captured({ capture }: Settings): Capture {
  const all = CAPTURES.map((name) => [name, capture !== false && capture?.[name] !== false] as const);
  return Object.fromEntries(all) as unknown as Capture;
}

function bounded(timeout: number | undefined): number {
  return timeout !== undefined && timeout > 0 ? Math.min(timeout, SLOWEST) : TIMEOUT;
}

/** The one key of the page; empty where each placement has its own. */
export function pageKey({ keys }: Chosen): string {
  return typeof keys === "string" ? keys : "";
}

/** The key that a placement is decided with; empty where there is none. */
export function keyFor(chosen: Chosen, placement: string): string {
  return typeof chosen.keys === "string" ? chosen.keys : (chosen.keys[placement] ?? "");
}

/** Settings from the attributes of the script's own element; null where it has no write key. */
export function fromScript(script: HTMLScriptElement): Settings | null {
  const said = script.dataset;
  if (!said.writeKey) return null;
  const settings: Settings = {
    writeKey: said.writeKey,
    host: said.host || script.src.replace(/\/sdk\.js(?:[?#].*)?$/, ""),
    consent: said.consent === "implied" ? "implied" : "required",
  };
  if (said.decideKey) settings.decideKey = said.decideKey;
  if (said.slotPurpose) settings.slotPurpose = said.slotPurpose;
  if (said.timeout) settings.timeout = Number(said.timeout);
  if (said.keepQuery) settings.keepQuery = said.keepQuery.split(/[\s,]+/);
  if (said.identityToken) settings.identityToken = said.identityToken;
  if (said.debug !== undefined) settings.debug = said.debug !== "false";
  if (said.capture !== undefined) {
    const words = new Set(said.capture.split(/[\s,]+/));
    settings.capture = Object.fromEntries(CAPTURES.map((name) => [name, words.has(name)]));
  }
  return settings;
}
