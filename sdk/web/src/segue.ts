/** The whole: consent first, then the client, then what captures by itself, then slots. */
import type { Analytics, Plugin } from "@segment/analytics-next";
import { captureAds, captureCampaigns } from "./capture/campaigns";
import { captureClicks, captureRage } from "./capture/clicks";
import { captureForms, captureSearch, REMEMBERED } from "./capture/forms";
import { captureProducts } from "./capture/products";
import { captureDwell, captureScroll } from "./capture/reading";
import type { Scene } from "./capture/scene";
import { Changes } from "./changes";
import { Client, type Loader, type Properties } from "./client";
import { Consent, privacyControl, type Purposes } from "./consent";
import { Link } from "./link";
import { type BasketLine, basketLines } from "./page";
import { Seeing } from "./seeing";
import { type CaptureName, type Chosen, chosen, type IdentityToken, pageKey, type Settings } from "./settings";
import { addLooks } from "./slots/render";
import { reserveAll } from "./slots/room";
import { Slots } from "./slots/slots";
import { cleanAddress } from "./cleaning";
import { Visits } from "./visits";

const CAPTURING: Readonly<Record<CaptureName, (scene: Scene) => void>> = {
  page: capturePages,
  campaign: captureCampaigns,
  click: captureClicks,
  rage: captureRage,
  scroll: captureScroll,
  dwell: captureDwell,
  search: captureSearch,
  form: captureForms,
  ads: captureAds,
  product: captureProducts,
};

function capturePages({ client, visits }: Scene): void {
  client.page();
  visits.onTurn(() => client.page());
}

/** One page's Segue. Everything may be called before `load`; what must wait waits. */
export class Segue {
  readonly #loader: Loader;
  readonly #changes = new Changes();
  readonly #link = new Link();
  #chosen: Chosen | null = null;
  #consent: Consent | null = null;
  #client: Client | null = null;
  #slots: Slots | null = null;
  #running = false;
  #said: Purposes | null = null;
  #token: IdentityToken = null;
  #basket: readonly BasketLine[] = [];

  constructor(loader: Loader) {
    this.#loader = loader;
    // before anybody else reads the address
    this.#link.take();
    addEventListener("hashchange", () => this.#linked());
  }

  /** Begin. Once; a second call throws, and so do settings without a key or an address. */
  load(settings: Settings): this {
    if (this.#chosen) throw new Error("segue: load was called before");
    this.#chosen = chosen(settings);
    if (settings.identityToken) this.#token = settings.identityToken;
    if (settings.basket) this.#basket = basketLines([...settings.basket]);
    this.#consent = new Consent(this.#chosen.consent, this.#chosen.slotPurpose);
    const given = settings.analytics;
    this.#client = new Client(this.#chosen, this.#consent, given ? theirs(given) : this.#loader, this.#link);
    this.#client.token = this.#token;
    this.#consent.onChange((before) => void this.#consented(before));
    if (this.#said) this.#consent.say(this.#said);
    // what passes through a client of the page's own must obey what she says too
    if (this.#client.foreign) this.#client.ready().catch(() => undefined);
    addLooks();
    reserveAll();
    this.#changes.atOnce(reserveAll);
    whenShown(() => this.#run());
    return this;
  }

  /**
   * What she agrees to, by purpose: `segue.consent({personalisation: true, marketing: false})`. Kept in this browser
   * and told to Segue; a no ends what a yes began. Purposes that are not named stay as they were.
   */
  consent(purposes: Purposes): void {
    if (this.#consent) this.#consent.say(purposes);
    else this.#said = { ...this.#said, ...purposes };
  }

  /** What she agreed to; null where she was not asked, or her browser has said no for her since. */
  get consented(): Purposes | null {
    return this.#consent?.purposes ?? this.#said;
  }

  /** Whether her browser asks not to be tracked (Global Privacy Control): then nothing happens without a yes. */
  get privacyControl(): boolean {
    return privacyControl();
  }

  /** Who is logged in, signed by the retailer's server; null when nobody is any more. Slots are asked for again. */
  identityToken(token: IdentityToken): void {
    if (token || this.#token) this.#link.forget();
    this.#token = token;
    if (this.#client) this.#client.token = token;
    this.#slots?.refresh();
  }

  /** What is in the basket, for the decisions to come. `data-segue-basket` on the page goes before it. */
  basket(lines: readonly BasketLine[]): void {
    this.#basket = basketLines([...lines]);
    if (this.#slots) this.#slots.basket = this.#basket;
  }

  /** Ask again for every slot on the page. */
  refresh(): void {
    this.#slots?.refresh();
  }

  /** An event of the page's own. */
  track(event: string, properties?: Properties): void {
    this.#client?.track(event, properties);
  }

  /** Who she is, as far as the page knows; with what it knows of her. */
  identify(userId: string, traits: Properties = {}): void {
    if (this.#consent?.captures) void this.#client?.ready().then((analytics) => analytics.identify(userId, traits));
  }

  /** She has logged out: whoever comes next is somebody else. */
  reset(): void {
    this.#client?.reset();
    this.identityToken(null);
  }

  /** The client that carries the events. Loaded by this, so ask only where she has agreed. */
  get analytics(): Promise<Analytics> {
    return this.#client ? this.#client.ready() : Promise.reject(new Error("segue: call load first"));
  }

  async #consented(before: Purposes | null): Promise<void> {
    const [client, consent] = [this.#client, this.#consent];
    if (!client || !consent) return;
    const agreed = before !== null && Object.values(before).some(Boolean);
    const implied = before === null && this.#running;
    if (consent.captures || agreed || implied) void client.state().then(() => this.#ended());
    if (!consent.personalises) {
      this.#link.withdraw();
      this.#slots?.withdraw();
    }
    this.#run();
    if (this.#running) client.openLink(pageKey(client.chosen));
    this.#slots?.look(true);
  }

  /** Another link was opened on this page. */
  #linked(): void {
    if (!this.#link.take()) return;
    if (this.#running && this.#client) this.#client.openLink(pageKey(this.#client.chosen));
    this.#slots?.refresh();
  }

  /** A no has been told: forget the ids by which she was known. */
  #ended(): void {
    if (this.#consent?.captures) return;
    this.#client?.reset();
    try {
      sessionStorage.removeItem(REMEMBERED);
    } catch {
      // without storage nothing was kept
    }
  }

  #run(): void {
    const [client, consent] = [this.#client, this.#consent];
    if (this.#running || !client || !consent?.captures) return;
    this.#running = true;
    const scene = { client, visits: new Visits(), seeing: new Seeing(), changes: this.#changes };
    const { alwaysPages } = client.chosen;
    const capture = { ...client.chosen.capture };
    if (client.foreign && !alwaysPages) capture.page = false;
    scene.visits.onTurn((from) => {
      client.referrer = cleanAddress(from, client.chosen.keepQuery);
    });
    scene.visits.onLeave(() => client.leave());
    client.openLink(pageKey(client.chosen));
    this.#slots = new Slots(client, consent, scene.seeing, scene.changes);
    this.#slots.basket = this.#basket;
    this.#slots.look(true);
    for (const name of Object.keys(CAPTURING) as CaptureName[]) if (capture[name]) CAPTURING[name](scene);
    client.ready().catch(() => undefined);
  }
}

/** A client that the page has loaded: itself, or the promise of it. */
function theirs(given: NonNullable<Settings["analytics"]>): Loader {
  let registered: Promise<unknown> = Promise.resolve();
  const loaded = async (): Promise<Analytics> => {
    const found: unknown = await given;
    return (Array.isArray(found) ? found[0] : found) as Analytics;
  };
  const guard: Loader["guard"] = (plugin) => {
    // one that is still loading takes it on before it sends what waits; of a mere promise the client must be there
    const early = given as { register?: (plugin: Plugin) => Promise<unknown> };
    registered = early.register ? early.register(plugin) : loaded().then((analytics) => analytics.register(plugin));
    registered.catch(() => undefined); // said by whoever loads it
  };
  const load: Loader["load"] = async () => {
    await registered;
    return loaded();
  };
  return { foreign: () => true, guard, load };
}

/** A page that is only made ready in case she comes is not a visit. */
function whenShown(then: () => void): void {
  const { prerendering } = document as Document & { prerendering?: boolean };
  if (prerendering) document.addEventListener("prerenderingchange", then, { once: true });
  else then();
}
