/** The room that a slot takes on its page. What is shown in it changes; the page around it does not move. */

import { ignored } from "../cleaning";

const LEAST = 8;
const HELD = ["min-height", "max-height", "min-width", "max-width", "overflow", "box-sizing"] as const;

/** Reserve what slots say, before they are painted; also where nobody may be asked what to show. */
export function reserveAll(): void {
  for (const slot of document.querySelectorAll<HTMLElement>("[data-segue-slot][data-segue-height]")) {
    if (!slot.style.minHeight && !ignored(slot)) reserve(slot);
  }
}

/** What `data-segue-height` says, in pixels. */
function reserve(slot: HTMLElement): void {
  const height = Number(slot.dataset.segueHeight);
  if (height > 0) slot.style.minHeight = `${height}px`;
}

/** Whether something can be shown there without pushing away what she is looking at. */
export function hasRoom(slot: HTMLElement): boolean {
  return slot.getBoundingClientRect().height >= LEAST || floats(slot) || below(slot);
}

/** Change what is in the slot by `change`, and let it keep its size where others would have to move. */
export function keepingSize(slot: HTMLElement, change: () => void): void {
  for (const name of HELD.slice(1)) slot.style.removeProperty(name);
  const before = slot.getBoundingClientRect();
  const free = floats(slot) || below(slot);
  change();
  if (free) return;
  const after = slot.getBoundingClientRect();
  if (Math.abs(after.height - before.height) > 0.5) hold(slot, "height", before.height, after.height > before.height);
  if (Math.abs(after.width - before.width) > 0.5) hold(slot, "width", before.width, after.width > before.width);
}

function hold(slot: HTMLElement, side: "height" | "width", size: number, cut: boolean): void {
  slot.style.boxSizing = "border-box";
  slot.style.setProperty(`min-${side}`, `${size}px`);
  slot.style.setProperty(`max-${side}`, `${size}px`);
  if (cut) slot.style.overflow = "clip";
}

/** In a window of another width nothing is where it was: let slots take the size that suits them. */
export function freeOnResize(slots: () => Iterable<HTMLElement>): void {
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    for (const slot of slots()) {
      for (const name of HELD) slot.style.removeProperty(name);
      reserve(slot);
    }
  });
}

function floats(slot: HTMLElement): boolean {
  return /^(absolute|fixed)$/.test(getComputedStyle(slot).position);
}

function below(slot: HTMLElement): boolean {
  return slot.getBoundingClientRect().top >= innerHeight;
}
