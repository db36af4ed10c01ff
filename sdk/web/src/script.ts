/** `<script src="…/sdk.js" data-write-key="…" data-decide-key="…" data-host="…"></script>`: `window.segue`. */
import type { Analytics, AnalyticsBrowser, Plugin } from "@segment/analytics-next";
import { DELIVERY, type Loader } from "./client";
import { Segue } from "./segue";
import { type Chosen, fromScript } from "./settings";

interface Waiting extends Array<unknown[]> {
  invoked?: boolean;
  initialize?: boolean;
  _cdn?: string;
  _writeKey?: string;
  _loadOptions?: unknown;
  [method: string]: unknown;
}

type Client = Analytics | AnalyticsBrowser;

const page = window as unknown as { analytics?: unknown; segue?: Segue };
const METHODS =
  "identify track page screen group alias reset ready on once off user register setAnonymousId addSourceMiddleware";
const PAST = new Set(["track", "page", "screen"]);

/** A snippet's calls, which wait for its client. */
const isList = (it: unknown): it is Waiting => Array.isArray(it);

/** A client of Segment's, there or still loading. Whatever else a page calls `analytics` is left alone. */
function isClient(it: unknown): it is Client {
  const { register, addSourceMiddleware } = (it ?? {}) as Partial<Analytics>;
  return !isList(it) && typeof register === "function" && typeof addSourceMiddleware === "function";
}

/** The client itself, once it is there. */
async function there(client: Client): Promise<Analytics> {
  if ("queue" in client) return client;
  const [analytics] = await client;
  return analytics;
}

/** `window.analytics` for the page's own calls, which wait until the client is there; null where it is no list. */
function waiting(): Waiting | null {
  page.analytics ??= [];
  const calls = page.analytics;
  if (!isList(calls)) return null;
  if (calls.initialize || calls.invoked) return calls;
  for (const name of METHODS.split(" ")) {
    calls[name] = (...said: unknown[]) => {
      calls.push([name, ...said]);
      return calls;
    };
  }
  return calls;
}

/** The page has a client, or a snippet of its own is at work. */
function foreign(): boolean {
  const it = page.analytics;
  return isClient(it) || (isList(it) && Boolean(it.initialize || it.invoked));
}

const placed = new WeakSet();

/** A client that is not there yet takes the plugin on before it sends what waits. */
function place(plugin: Plugin, into: unknown): void {
  if (!(isList(into) || isClient(into)) || placed.has(into)) return;
  placed.add(into);
  if (isList(into)) into.push(["register", plugin]);
  else if (!("queue" in into) || !into.queue.plugins.includes(plugin)) void attempt(() => into.register(plugin));
}

/** What goes wrong with a client of the page's own is said by whoever loads it, and must not stop the page. */
async function attempt(what: () => unknown): Promise<void> {
  try {
    await what();
  } catch {
    // see above
  }
}

/** What is done with whatever the page calls `analytics` from now on. */
const taken = new Set<(it: unknown) => void>();

/** See everything that the page assigns to `analytics`, which it finds there as it has put it. */
function watch(): void {
  const before = Object.getOwnPropertyDescriptor(window, "analytics");
  if (before?.configurable === false || (before && !before.writable && !before.set)) return;
  let now = before?.value as unknown;
  Object.defineProperty(window, "analytics", {
    configurable: true,
    enumerable: true,
    get: () => (before?.get ? (before.get.call(window) as unknown) : now),
    set: (it: unknown) => {
      if (before?.set) before.set.call(window, it);
      else now = it;
      for (const then of taken) void attempt(() => then(it));
    },
  });
}

const guard: Loader["guard"] = (plugin) => {
  const now = (): void => void attempt(() => place(plugin, page.analytics));
  now();
  // a snippet further down may begin a list of its own, or a bundle bring a client
  taken.add((it) => place(plugin, it));
  watch();
  // where nothing can be seen: a global variable of the page's, or a property that it has defined since
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", now, { once: true });
};

const load: Loader["load"] = (chosen, anonymousId, plugin) =>
  new Promise((resolve, reject) => {
    place(plugin, page.analytics);
    const join = (it: unknown): void => {
      if (isClient(it)) {
        taken.delete(join);
        resolve(there(it));
      } else if (isList(it)) it.push(["ready", () => join(page.analytics)]);
    };
    if (!foreign()) {
      const calls = waiting();
      if (!calls) {
        reject(new Error("segue: window.analytics is neither a list nor a client of Segment's"));
        return;
      }
      begin(calls, chosen, anonymousId, reject);
    }
    taken.add(join); // whatever takes its place before it is there
    join(page.analytics);
  });

/** Load a client for what waits. */
function begin(calls: Waiting, { host, writeKey }: Chosen, anonymousId: string, failed: (why: Error) => void): void {
  // what happened before she agreed is not told afterwards
  const kept = calls.filter((call) => !PAST.has(String(call[0])));
  calls.splice(0, calls.length, ["setAnonymousId", anonymousId], ...kept);
  Object.assign(calls, { invoked: true, _cdn: host, _writeKey: writeKey, _loadOptions: DELIVERY });
  const script = document.createElement("script");
  script.async = true;
  script.src = `${host}/lib.js`;
  script.onerror = () => failed(new Error("segue: the client cannot be loaded"));
  document.head.append(script);
}

if (!page.segue) {
  waiting();
  const segue = new Segue({ foreign, guard, load });
  page.segue = segue;
  const script = document.currentScript;
  const settings = script instanceof HTMLScriptElement ? fromScript(script) : null;
  if (settings) segue.load(settings);
}
