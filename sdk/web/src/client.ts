/** The client that carries the events, `@segment/analytics-next`, and our plugin in it. */
import type { Analytics, Context, Plugin } from "@segment/analytics-next";
import { cleanAddress, cleanQuery } from "./cleaning";
import type { Consent, Purposes } from "./consent";
import { pageContext, type PageContext } from "./page";
import type { Chosen, IdentityToken } from "./settings";

declare const SEGUE_VERSION: string;

/** Loads the client, or answers with the one that is there. */
export type Loading = (chosen: Chosen, anonymousId: string) => Promise<Analytics>;

export type Properties = Record<string, unknown>;

/** Batches that leave every second, and with the page. */
export const DELIVERY = {
  integrations: {
    "Segment.io": { deliveryStrategy: { strategy: "batching", config: { size: 20, timeout: 1000, keepalive: true } } },
  },
} as const;

const STATEMENT = "Segment Consent Preference Updated";
const ANONYMOUS = "ajs_anonymous_id";
const USER = "ajs_user_id";

export class Client {
  readonly chosen: Chosen;
  /** where the visitor came from on this page, where a single-page application knows better than the browser */
  referrer = document.referrer;
  token: IdentityToken = null;
  readonly #consent: Consent;
  readonly #loading: Loading;
  #started: Promise<Analytics> | null = null;
  #analytics: Analytics | null = null;
  #drawn = "";

  constructor(chosen: Chosen, consent: Consent, loading: Loading) {
    this.chosen = chosen;
    this.#consent = consent;
    this.#loading = loading;
  }

  /** The client, loaded when it is first needed. */
  ready(): Promise<Analytics> {
    this.#started ??= this.#loading(this.chosen, this.anonymousId).then(async (analytics) => {
      await analytics.register(stamping(this.#stamp, this.#allowed));
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

  get identityToken(): string | undefined {
    return (typeof this.token === "function" ? this.token() : this.token) || undefined;
  }

  /** The page as it is now. */
  get pageNow(): PageContext {
    return pageContext(this.chosen.keepQuery, this.referrer);
  }

  /** Send an event of the page as it is now, or of one that was; nothing where she has not agreed. */
  track(event: string, properties: Properties = {}, page = this.pageNow): void {
    if (!this.#consent.captures) return;
    const options = this.#options(page);
    this.#with((analytics) => void analytics.track(event, properties, options));
  }

  page(properties: Properties = {}): void {
    if (!this.#consent.captures) return;
    const options = this.#options();
    this.#with((analytics) => void analytics.page({ ...options.page, ...properties }, options));
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
    const user = this.#analytics?.user().id() ?? stored(USER);
    const message = {
      type: "track",
      event,
      properties,
      messageId: `segue-${crypto.randomUUID()}`,
      anonymousId: this.anonymousId,
      ...(user ? { userId: user } : {}),
      timestamp: new Date().toISOString(),
      context: {
        page,
        library: { name: "segue-web", version: SEGUE_VERSION },
        locale: navigator.language,
        userAgent: navigator.userAgent,
        ...this.#stamp(),
      },
    };
    const body = JSON.stringify({ writeKey: this.chosen.writeKey, sentAt: new Date().toISOString(), batch: [message] });
    navigator.sendBeacon(`${this.chosen.host}/v1/b`, body);
  }

  /** Forget who she is. */
  reset(): void {
    this.#drawn = "";
    this.#analytics?.reset();
  }

  #with(send: (analytics: Analytics) => void): void {
    if (this.#analytics) send(this.#analytics);
    else this.ready().then(send, () => undefined); // a client that cannot be loaded sends nothing
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
  for (const one of [page, said]) {
    if (!one) continue;
    for (const name of ["url", "referrer"]) {
      if (typeof one[name] === "string" && one[name]) one[name] = cleanAddress(one[name], keep);
    }
    if (typeof one.search === "string") one.search = cleanQuery(one.search, keep);
  }
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
