/** Where a visit came from, and ads within the shop that are really seen. */
import { ignored } from "../cleaning";
import type { Properties } from "../client";
import { utm } from "../page";
import { clicked } from "./clicks";
import type { Scene } from "./scene";

const CLICK_IDS = [
  "gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "epik", "yclid",
]; // prettier-ignore

export function captureCampaigns({ client, visits }: Scene): void {
  const look = (): void => {
    const found = campaign(client.pageNow.search);
    if (found) client.track("Campaign Seen", found);
  };
  look();
  visits.onTurn((from) => {
    if (new URL(from).search !== location.search) look();
  });
}

/** What an address says of a campaign: `utm_*` as Segment names them, and the id of the click. */
export function campaign(search: string): Properties | null {
  const query = new URLSearchParams(search);
  const kind = CLICK_IDS.find((one) => query.get(one));
  const click = kind ? { click_id: query.get(kind), click_id_kind: kind } : null;
  const found = utm(search);
  return found || click ? { ...found, ...click } : null;
}

/** `data-segue-ad="ID"`, with `data-segue-name`, `data-segue-creative` and `data-segue-position` where they are known. */
export function captureAds({ client, seeing, changes }: Scene): void {
  const known = new WeakMap<Element, string>();
  const look = (): void => {
    for (const ad of document.querySelectorAll<HTMLElement>("[data-segue-ad]")) {
      const id = ad.dataset.segueAd ?? "";
      if (!id || known.get(ad) === id || ignored(ad)) continue;
      known.set(ad, id);
      seeing.once(ad, () => client.track("Promotion Viewed", promotion(ad)));
    }
  };
  changes.settled(look);
  look();
  document.addEventListener("click", (event) => {
    const ad = clicked(event)?.closest<HTMLElement>("[data-segue-ad]");
    if (ad) client.track("Promotion Clicked", promotion(ad));
  }, { capture: true }); // prettier-ignore
}

function promotion(ad: HTMLElement): Properties {
  const { segueAd, segueName, segueCreative, seguePosition } = ad.dataset;
  return {
    promotion_id: segueAd,
    ...(segueName ? { name: segueName } : {}),
    ...(segueCreative ? { creative: segueCreative } : {}),
    ...(seguePosition ? { position: seguePosition } : {}),
  };
}
