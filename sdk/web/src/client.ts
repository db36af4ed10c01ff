/** The client that carries the events, `@segment/analytics-next`, and our plugin in it. */
import type { Analytics, Context, Plugin } from "@segment/analytics-next";
import { cleanAddress, cleanQuery, cleanText } from "./cleaning";
import type { Consent, Purposes } from "./consent";
import type { Link } from "./link";
import { pageContext, type PageContext, utm } from "./page";
import type { Chosen, IdentityToken } from "./settings";

declare const SEGUE_VERSION: string;

export interface Loader {
  /** Whether the page has a client already, which has views of its own on pages and on who is here. */
  foreign(): boolean;
  /** Have the plugin in whatever client the page has or loads later, before anything passes through it. */
  guard(plugin: Plugin): void;
  /** That client, or one that is loaded now, with the plugin in it, and knows this browser by `anonymousId`. */
  load(chosen: Chosen, anonymousId: string, plugin: Plugin): Promise<Analytics>;
}

export type Properties = Record<string, unknown>;

/** Batches that leave every second, and with the page. */
export const DELIVERY = {
  integrations: {
    "Segment.io": { deliveryStrategy: { strategy: "batching", config: { size: 20, timeout: 1000, keepalive: true } } },
  },
} as const;

interface Said {
  type: "track" | "page";
  event?: string;
  properties: Properties;
  page: PageContext;
}

interface Underway extends Said {
  messageId: string;
  timestamp: Date;
}

const MOST_UNDERWAY = 100;
/** events of one beacon, which may have 64 KB */
const TOGETHER = 20;
const STATEMENT = "Segment Consent Preference Updated";
const ANONYMOUS = "ajs_anonymous_id";
const USER = "ajs_user_id";

export class Client {
  readonly chosen: Chosen;
  /** where the visitor came from on this page, where a single-page application knows better than the browser */
  referrer = document.referrer;
  token: IdentityToken = null;
  readonly #consent: Consent;
  readonly #loader: Loader;
  /** the link of a message that she came by */
  readonly link: Link;
  #foreign: boolean | undefined;
  readonly #underway = new Map<string, Underway>();
  #started: Promise<Analytics> | null = null;
  #analytics: Analytics | null = null;
  #drawn = "";

  constructor(chosen: Chosen, consent: Consent, loader: Loader, link: Link) {
    this.chosen = chosen;
    this.#consent = consent;
    this.#loader = loader;
    this.link = link;
    loader.guard(this.#plugin);
  }

  /** Whether the client is the page's own. */
  get foreign(): boolean {
    return this.#foreign ?? this.#loader.foreign();
  }

  /** The client, loaded when it is first needed. */
  ready(): Promise<Analytics> {
    this.#foreign ??= this.#loader.foreign(); // afterwards there is one in any case
    this.#started ??= this.#loader.load(this.chosen, this.anonymousId, this.#plugin).then((analytics) => {
      this.#analytics = analytics;
      return analytics;
    });
    return this.#started;
  }

  /** The id by which this browser is known, before the client is there too. */
  get anonymousId(): string {
    const told = this.#analytics?.user().anonymousId();
    if (told) return told;
    const adopted = new URLSearchParams(location.search).get("ajs_aid");
    this.#drawn ||= adopted || stored(ANONYMOUS) || crypto.randomUUID();
    return this.#drawn;
  }

  /** The id by which this browser is known; a client of the page's own is waited for where it alone can say. */
  async identified(): Promise<string> {
    if (this.foreign && !stored(ANONYMOUS)) await this.ready().catch(() => undefined);
    return this.anonymousId;
  }

  get identityToken(): string | undefined {
    return (typeof this.token === "function" ? this.token() : this.token) || undefined;
  }

  /** What a question of this key is proven by: who is logged in, else who came by a link. */
  tokenFor(key: string): string | undefined {
    const own = this.identityToken;
    if (own) this.link.forget();
    return own ?? this.link.token(key);
  }

  /** Exchange a link's token, where she came by one and has agreed; who is logged in needs none. */
  openLink(key: string): void {
    if (!this.link.brought || !this.#consent.personalises) return;
    if (this.identityToken) this.link.forget();
    else this.link.open(this.chosen, key);
  }

  /** The page as it is now. */
  get pageNow(): PageContext {
    return pageContext(this.chosen.keepQuery, this.referrer);
  }

  /** Send an event of the page as it is now, or of one that was; nothing where she has not agreed. */
  track(event: string, properties: Properties = {}, page = this.pageNow): void {
    this.#send({ type: "track", event, properties, page });
  }

  page(properties: Properties = {}): void {
    const page = this.pageNow;
    this.#send({ type: "page", properties: { ...page, ...properties }, page });
  }

  /** Send what she said about her data; a no as well, where she had said yes. */
  async state(): Promise<void> {
    const options = this.#options();
    const analytics = await this.ready();
    await analytics.track(STATEMENT, {}, options);
  }

  /** Send an event although the page is going. */
  beacon(event: string, properties: Properties, page = this.pageNow): void {
    if (!this.#consent.captures) return;
    this.#keep({ type: "track", event, properties, page });
    this.leave();
  }

  /**
   * The page is going: send what the client has not taken on yet. Should the client send it all the same, its id
   * says that it is the same event.
   */
  leave(): void {
    const waiting = this.#consent.captures ? [...this.#underway.values()] : [];
    this.#underway.clear();
    for (let at = 0; at < waiting.length; at += TOGETHER) {
      const batch = waiting.slice(at, at + TOGETHER).map((one) => this.#message(one));
      const body = { writeKey: this.chosen.writeKey, sentAt: new Date().toISOString(), batch };
      navigator.sendBeacon(`${this.chosen.host}/v1/b`, JSON.stringify(body));
    }
  }

  /** Forget who she is. */
  reset(): void {
    this.#drawn = "";
    this.#underway.clear();
    this.link.forget();
    this.#analytics?.reset();
  }

  #send(said: Said): void {
    if (!this.#consent.captures) return;
    const event = this.#keep(said);
    const options = { ...this.#options(said.page), messageId: event.messageId, timestamp: event.timestamp };
    const send = (analytics: Analytics): void => {
      const sent =
        said.type === "page"
          ? analytics.page(said.properties, options)
          : analytics.track(said.event ?? "", said.properties, options);
      void sent.catch(() => undefined).finally(() => this.#underway.delete(event.messageId));
    };
    if (this.#analytics) send(this.#analytics);
    else this.ready().then(send, () => undefined); // without a client it goes when the page goes
  }

  #keep(said: Said): Underway {
    const event = { ...said, messageId: `segue-${crypto.randomUUID()}`, timestamp: new Date() };
    if (this.#underway.size < MOST_UNDERWAY) this.#underway.set(event.messageId, event);
    return event;
  }

  /** As the client would have sent it. */
  #message({ page, ...event }: Underway): Properties {
    const user = this.#analytics?.user().id() ?? stored(USER);
    const campaign = utm(page.search);
    const context = {
      page,
      library: { name: "segue-web", version: SEGUE_VERSION },
      locale: navigator.language,
      userAgent: navigator.userAgent,
      ...(campaign ? { campaign } : {}),
      ...this.#stamp(),
    };
    return { ...event, anonymousId: this.anonymousId, ...(user ? { userId: user } : {}), context };
  }

  #options(page = this.pageNow) {
    return { timestamp: new Date(), page, ...this.#stamp() };
  }

  readonly #stamp = (): Stamp => {
    const { purposes } = this.#consent;
    const token = this.identityToken;
    return {
      ...(purposes ? { consent: { categoryPreferences: purposes } } : {}),
      ...(token ? { identityToken: token } : {}),
    };
  };

  readonly #allowed = (context: Context): boolean => {
    if (!this.#consent.captures && context.event.event !== STATEMENT) return false;
    clean(context, this.chosen.keepQuery);
    return true;
  };

  readonly #plugin = stamping(this.#stamp, this.#allowed);
}

interface Stamp {
  consent?: { categoryPreferences: Purposes };
  identityToken?: string;
}

/** Our plugin: holds back what she has not agreed to, and stamps and cleans the rest. The page's own calls too. */
function stamping(stamp: () => Stamp, allowed: (context: Context) => boolean): Plugin {
  const hook = (context: Context): Context => {
    if (!allowed(context)) refuse(context);
    for (const [name, value] of Object.entries(stamp())) {
      if ((context.event.context as Properties | undefined)?.[name] === undefined) {
        context.updateEvent(`context.${name}`, value);
      }
    }
    return context;
  };
  return {
    name: "Segue",
    type: "before",
    version: SEGUE_VERSION,
    isLoaded: () => true,
    load: () => Promise.resolve(),
    track: hook,
    page: hook,
    screen: hook,
    identify: hook,
    group: hook,
    alias: hook,
  };
}

/** End an event for good: the client would try a cancelled one again, after she has agreed perhaps. */
function refuse(context: Context): never {
  try {
    return context.cancel();
  } catch (cancelled) {
    throw Object.assign(cancelled as object, { retry: false, type: "middleware_cancellation" });
  }
}

function clean(context: Context, keep: ReadonlySet<string>): void {
  const { event } = context;
  const page = event.context?.page as Properties | undefined;
  const said = event.type === "page" ? (event.properties as Properties | undefined) : undefined;
  const campaign = event.context?.campaign as Properties | undefined;
  for (const one of [page, said]) {
    if (!one) continue;
    change(one, ["url", "referrer"], (address) => address && cleanAddress(address, keep));
    change(one, ["search"], (search) => cleanQuery(search, keep));
    change(one, ["path", "title"], cleanText);
  }
  if (campaign) change(campaign, Object.keys(campaign), cleanText);
}

function change(one: Properties, names: readonly string[], by: (text: string) => string): void {
  for (const name of names) if (typeof one[name] === "string") one[name] = by(one[name]);
}

/** What the client keeps under a name: in a cookie, else in the local storage. */
function stored(name: string): string | null {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  try {
    const text = cookie ? decodeURIComponent(cookie.slice(name.length + 1)) : localStorage.getItem(name);
    return text ? unquoted(text) : null;
  } catch {
    return null;
  }
}

function unquoted(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : value === null ? null : text;
  } catch {
    return text;
  }
}
