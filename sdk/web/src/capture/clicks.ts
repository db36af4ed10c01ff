/** Clicks on what can be clicked, and clicks that get nowhere. */
import { cleanAddress, ignored, shorten, words } from "../cleaning";
import type { Properties } from "../client";
import type { Scene } from "./scene";

const BUTTONS = "button,[role=button],input[type=submit],input[type=button],input[type=image],summary";
const TYPED = "input:not([type=submit],[type=button],[type=image],[type=reset]),textarea,select,[contenteditable]";
/** told by events of their own */
const TOLD = "[data-segue-action],[data-segue-ad],[data-segue-add],[data-segue-remove]";

export function captureClicks({ client }: Scene): void {
  const keep = client.chosen.keepQuery;
  document.addEventListener("click", (event) => {
    const target = clicked(event);
    if (!target) return;
    const element = target.closest(`[data-segue-click],a[href],area[href],${BUTTONS}`);
    if (!element || element.closest(TOLD)) return;
    const [name, properties] = told(element, keep);
    client.track(name, properties);
  }, { capture: true }); // prettier-ignore
}

/** The element of a visitor's own click that is not to be left alone. */
export function clicked(event: Event): Element | null {
  const target = event.composedPath()[0] ?? event.target;
  return event.isTrusted && target instanceof Element && !ignored(target) ? target : null;
}

function told(element: Element, keep: ReadonlySet<string>): [string, Properties] {
  const properties: Properties = { text: words(element) };
  if (element.id) properties.id = shorten(element.id);
  const named = element.getAttribute("data-segue-click");
  const href = element.getAttribute("href");
  if (href !== null) properties.href = cleanAddress(href, keep);
  if (named) properties.name = named;
  if (href !== null) return ["Link Clicked", properties];
  return [element.matches(BUTTONS) ? "Button Clicked" : "Element Clicked", properties];
}

const TIMES = 3;
const WITHIN = 1000;
const APART = 30;

/** Three clicks or more within a second and 30 pixels; one event for each fit. */
export function captureRage({ client }: Scene): void {
  let recent: { at: number; x: number; y: number }[] = [];
  let told = -Infinity;
  document.addEventListener("click", (event) => {
    const target = clicked(event);
    // the keyboard clicks nowhere, and three clicks select what was typed
    if (!target || event.detail === 0 || target.closest(TYPED)) return;
    const [at, x, y] = [event.timeStamp, event.clientX, event.clientY];
    recent = [...recent.filter((one) => at - one.at <= WITHIN && Math.hypot(one.x - x, one.y - y) <= APART), { at, x, y }];
    if (recent.length < TIMES) return;
    const again = at - told <= WITHIN;
    told = at;
    if (again) return;
    const element = target.closest(`a,[data-segue-click],${BUTTONS}`) ?? target;
    client.track("Rage Clicked", { text: words(element), element: element.localName, clicks: recent.length });
  }, { capture: true }); // prettier-ignore
}
