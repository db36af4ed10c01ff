/** `import { segue } from "@segue/web"`, beside `@segment/analytics-next` in a bundle of your own. */
import { type Analytics, AnalyticsBrowser } from "@segment/analytics-next";
import { DELIVERY, type Loader } from "./client";
import { Segue } from "./segue";

export type { Purposes } from "./consent";
export type { BasketLine } from "./page";
export type { Segue } from "./segue";
export type { Capture, CaptureName, IdentityToken, Settings } from "./settings";
export type { SlotState } from "./slots/slots";

const load: Loader["load"] = async ({ writeKey, host }, anonymousId, plugin): Promise<Analytics> => {
  const browser = AnalyticsBrowser.load({ writeKey, cdnURL: host, plugins: [plugin] }, DELIVERY);
  void browser.setAnonymousId(anonymousId);
  const [analytics] = await browser;
  return analytics;
};

// a client that the page makes by itself is given to us: there is no name by which it could be found
export const segue = new Segue({ foreign: () => false, guard: () => undefined, load });
