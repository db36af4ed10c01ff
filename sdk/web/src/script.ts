/** `<script src="…/sdk.js" data-write-key="…" data-decide-key="…" data-host="…"></script>`: `window.segue`. */
import type { Analytics, Plugin } from "@segment/analytics-next";
import { DELIVERY, type Loader } from "./client";
import { Segue } from "./segue";
import { fromScript } from "./settings";

interface Waiting extends Array<unknown[]> {
  invoked?: boolean;
  initialize?: boolean;
  _cdn?: string;
  _writeKey?: string;
  _loadOptions?: unknown;
  ready?: (then: () => void) => void;
  [method: string]: unknown;
}

const page = window as unknown as { analytics?: Waiting | Analytics; segue?: Segue };
const METHODS =
  "identify track page screen group alias reset ready on once off user register setAnonymousId addSourceMiddleware";
const PAST = new Set(["track", "page", "screen"]);

/** `window.analytics` for the page's own calls, which wait until the client is there. */
function waiting(): Waiting {
  const calls = (page.analytics ?? []) as Waiting;
  page.analytics = calls;
  if (calls.initialize || calls.invoked) return calls;
  for (const name of METHODS.split(" ")) {
    calls[name] = (...said: unknown[]) => {
      calls.push([name, ...said]);
      return calls;
    };
  }
  return calls;
}

/** A snippet of the page's own is at work. */
function foreign(): boolean {
  const calls = page.analytics as Waiting | undefined;
  return Boolean(calls?.initialize || calls?.invoked);
}

/** A client that is not there yet takes the plugin on before it sends what waits. */
function place(plugin: Plugin): void {
  const calls = waiting();
  if (Array.isArray(calls)) {
    if (!calls.some(([method, given]) => method === "register" && given === plugin)) calls.push(["register", plugin]);
    return;
  }
  const client = calls as unknown as Analytics;
  if (!client.queue.plugins.includes(plugin)) void client.register(plugin).catch(() => undefined);
}

const guard: Loader["guard"] = (plugin) => {
  place(plugin);
  // a snippet further down may have begun a list of its own
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => place(plugin), { once: true });
};

const load: Loader["load"] = async (chosen, anonymousId, plugin) => {
  place(plugin);
  const calls = waiting();
  return new Promise((resolve, reject) => {
    const done = (): void => resolve(page.analytics as Analytics);
    if (foreign()) {
      calls.ready?.(done);
      return;
    }
    // what happened before she agreed is not told afterwards
    const kept = calls.filter((call) => !PAST.has(String(call[0])));
    calls.splice(0, calls.length, ["setAnonymousId", anonymousId], ...kept);
    Object.assign(calls, { invoked: true, _cdn: chosen.host, _writeKey: chosen.writeKey, _loadOptions: DELIVERY });
    calls.ready?.(done);
    const script = document.createElement("script");
    script.async = true;
    script.src = `${chosen.host}/lib.js`;
    script.onerror = () => reject(new Error("segue: the client cannot be loaded"));
    document.head.append(script);
  });
};

if (!page.segue) {
  waiting();
  const segue = new Segue({ foreign, guard, load });
  page.segue = segue;
  const script = document.currentScript;
  const settings = script instanceof HTMLScriptElement ? fromScript(script) : null;
  if (settings) segue.load(settings);
}
