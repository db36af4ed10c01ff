/** `<div data-segue-slot="PLACEMENT">`: asked for together, filled without a flicker, and what became of it told. */
import { campaign } from "../capture/campaigns";
import { clicked } from "../capture/clicks";
import { productsOnPage } from "../capture/products";
import type { Changes } from "../changes";
import { ignored } from "../cleaning";
import type { Client, Properties } from "../client";
import type { Consent } from "../consent";
import { type BasketLine, basketOnPage, categoryOnPage, searched } from "../page";
import type { Seeing } from "../seeing";
import { keyFor } from "../settings";
import { ask, type Asked, type Decision, type Question } from "./asking";
import { render, templatesOf } from "./render";
import { freeOnResize, hasRoom, keepingSize, reserveAll } from "./room";

/** waiting for an answer; filled; own: the page's own content; no-room: filling it would move the page */
export type SlotState = "waiting" | "filled" | "own" | "no-room";

interface Shown {
  slot: HTMLElement;
  properties: Properties;
  told: Set<string>;
}

const GATHER = 50;
const CLICKABLE = "a[href],area[href],button,[role=button],input[type=submit],[data-segue-click],[data-segue-add]";
const OUTCOMES = { accept: "Action Accepted", redeem: "Action Redeemed" } as const;

export class Slots {
  basket: readonly BasketLine[] = [];
  readonly #client: Client;
  readonly #consent: Consent;
  readonly #seeing: Seeing;
  /** slot → the placement it was last looked at for */
  readonly #known = new Map<HTMLElement, string>();
  readonly #own = new WeakMap<HTMLElement, DocumentFragment>();
  readonly #shown = new Map<Element, Shown>();
  readonly #waiting = new Set<HTMLElement>();
  #gathering: number | undefined;

  constructor(client: Client, consent: Consent, seeing: Seeing, changes: Changes) {
    this.#client = client;
    this.#consent = consent;
    this.#seeing = seeing;
    // what was painted before we came is not taken away while we ask
    this.look(performance.getEntriesByType("paint").length > 0);
    changes.atOnce(() => this.look(false));
    freeOnResize(() => this.#known.keys());
    document.addEventListener("DOMContentLoaded", () => this.#askSoon(0));
    document.addEventListener("click", (event) => this.#clicked(event), { capture: true });
  }

  /** Find slots that nobody asked for yet. `late`: they are before her eyes already. */
  look(late: boolean): void {
    this.#sweep();
    reserveAll();
    if (!this.#consent.personalises) return;
    for (const slot of document.querySelectorAll<HTMLElement>("[data-segue-slot]")) {
      const placement = slot.dataset.segueSlot ?? "";
      if (!placement || this.#known.get(slot) === placement || ignored(slot) || !this.#key(slot)) continue;
      this.#known.set(slot, placement);
      if (!late) mark(slot, "waiting");
      this.#waiting.add(slot);
      this.#client.openLink(this.#key(slot));
      this.#patience(slot);
    }
    if (this.#waiting.size) this.#askSoon(document.readyState === "loading" ? GATHER : 0);
  }

  /** Ask again for every slot: another customer, another basket. */
  refresh(): void {
    this.#known.clear();
    this.look(true);
  }

  /** Show the page's own content everywhere. */
  withdraw(): void {
    for (const slot of this.#known.keys()) this.#restore(slot);
    this.#known.clear();
    this.#waiting.clear();
  }

  // ── asking ──────────────────────────────────────────────────────────────────

  #key(slot: HTMLElement): string {
    return slot.dataset.segueKey || keyFor(this.#client.chosen, slot.dataset.segueSlot ?? "");
  }

  #askSoon(milliseconds: number): void {
    if (milliseconds === 0) clearTimeout(this.#gathering);
    else if (this.#gathering !== undefined) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      void this.#ask();
    }, milliseconds);
  }

  async #ask(): Promise<void> {
    const { exchanging } = this.#client.link;
    if (exchanging) await exchanging; // once, for whoever she is then, and not twice
    const slots = [...this.#waiting].filter((slot) => slot.isConnected);
    this.#waiting.clear();
    const open = slots.filter((slot) => {
      const room = hasRoom(slot);
      if (!room) mark(slot, "no-room");
      return room;
    });
    if (!open.length || !this.#consent.personalises) return;
    const { chosen } = this.#client;
    const anonymousId = await this.#client.identified();
    const questions = open.map((slot) => this.#question(slot, anonymousId));
    const decisions = await ask(chosen, questions, AbortSignal.timeout(chosen.timeout));
    open.forEach((slot, at) => this.#answered(slot, questions[at]?.question.placement, decisions[at] ?? null));
  }

  #question(slot: HTMLElement, anonymousId: string): Asked {
    const key = this.#key(slot);
    const token = this.#client.tokenFor(key);
    const limit = Number(slot.dataset.segueLimit);
    const question: Question = {
      placement: slot.dataset.segueSlot ?? "",
      identifiers: { anonymous_id: anonymousId },
      context: this.#context(),
      ...(token ? { identity_token: token } : {}),
      ...(limit > 0 ? { limit } : {}),
    };
    return { key, question };
  }

  #context(): Properties {
    const { path, search } = this.#client.pageNow;
    const product = productsOnPage().main?.product_id;
    const said = { query: searched(location.href), category: categoryOnPage(), campaign: campaign(search) };
    return {
      page: { path, search, ...(product ? { product } : {}) },
      locale: document.documentElement.lang || navigator.language,
      basket: basketOnPage() ?? this.basket,
      ...Object.fromEntries(Object.entries(said).filter(([, value]) => value)),
    };
  }

  /** As long as an answer may take, from when it can be asked for. */
  #patience(slot: HTMLElement): void {
    const begin = (): void => void setTimeout(() => this.#tooLate(slot), this.#client.chosen.timeout);
    const { exchanging } = this.#client.link;
    if (exchanging) void exchanging.then(begin);
    else begin();
  }

  #tooLate(slot: HTMLElement): void {
    if (slot.dataset.segueState === "waiting") mark(slot, "own");
    this.#waiting.delete(slot);
  }

  #answered(slot: HTMLElement, placement: string | undefined, decision: Decision | null): void {
    if (this.#known.get(slot) !== placement || !slot.isConnected || !this.#consent.personalises) return;
    if (slot.dataset.segueState === "own") return; // too late: she has the page's own before her eyes
    if (!decision) mark(slot, slot.dataset.segueState === "filled" ? "filled" : "own");
    else if (!hasRoom(slot)) mark(slot, "no-room");
    else void this.#fill(slot, decision);
  }

  // ── showing ─────────────────────────────────────────────────────────────────

  async #fill(slot: HTMLElement, decision: Decision): Promise<void> {
    const items = decision.slots.map((choice) => render(slot, choice));
    await pictures(items, this.#client.chosen.timeout);
    if (!slot.isConnected || !this.#consent.personalises) return;
    keepingSize(slot, () => {
      this.#clear(slot);
      slot.append(...items);
      mark(slot, "filled");
    });
    items.forEach((item, number) => {
      this.#shown.set(item, { slot, properties: this.#toldOf(slot, decision, number), told: new Set() });
      this.#seeing.once(item, () => this.#tell(item, "Action Shown"));
    });
  }

  #toldOf(slot: HTMLElement, decision: Decision, number: number): Properties {
    const action = decision.slots[number]?.action;
    return { decision_id: decision.decision_id, slot: number, action, placement: slot.dataset.segueSlot };
  }

  /** Take away what the slot shows; the page's own content is kept for later. */
  #clear(slot: HTMLElement): void {
    const templates = new Set<Node>(templatesOf(slot));
    const ours = [...slot.childNodes].filter((node) => this.#shown.has(node as Element));
    for (const item of ours as Element[]) this.#forget(item);
    const rest = [...slot.childNodes].filter((node) => !templates.has(node));
    if (this.#own.has(slot)) return;
    const own = document.createDocumentFragment();
    own.append(...rest);
    this.#own.set(slot, own);
  }

  #restore(slot: HTMLElement): void {
    keepingSize(slot, () => {
      for (const [item, shown] of [...this.#shown]) if (shown.slot === slot) this.#forget(item);
      const own = this.#own.get(slot);
      if (own) slot.append(own);
      this.#own.delete(slot);
      mark(slot, "own");
    });
  }

  #forget(item: Element): void {
    this.#seeing.forget(item);
    this.#shown.delete(item);
    item.remove();
  }

  /** Slots and items that the page has thrown away. */
  #sweep(): void {
    for (const slot of this.#known.keys()) if (!slot.isConnected) this.#known.delete(slot);
    for (const [item, shown] of this.#shown) {
      if (!item.isConnected || !shown.slot.isConnected) this.#forget(item);
    }
  }

  // ── what became of it ───────────────────────────────────────────────────────

  #clicked(event: Event): void {
    const target = clicked(event);
    const item = target?.closest("[data-segue-action]");
    if (!target || !item || !this.#shown.has(item)) return;
    if (target.closest("[data-segue-dismiss]")) {
      this.#tell(item, "Action Dismissed");
      this.#dismiss(item);
    } else if (target.closest("[data-segue-accept]")) this.#tell(item, OUTCOMES.accept);
    else if (target.closest("[data-segue-redeem]")) this.#tell(item, OUTCOMES.redeem);
    else if (target.closest(CLICKABLE)) this.#tell(item, "Action Clicked");
  }

  #dismiss(item: Element): void {
    const slot = this.#shown.get(item)?.slot;
    if (!slot) return;
    keepingSize(slot, () => this.#forget(item));
    const left = [...this.#shown.values()].some((shown) => shown.slot === slot);
    if (!left) this.#restore(slot);
  }

  #tell(item: Element, event: string): void {
    const shown = this.#shown.get(item);
    if (!shown || shown.told.has(event)) return;
    shown.told.add(event);
    this.#client.track(event, shown.properties);
  }
}

function mark(slot: HTMLElement, state: SlotState): void {
  slot.dataset.segueState = state;
  slot.toggleAttribute("aria-busy", false);
  if (state === "waiting") slot.setAttribute("aria-busy", "true");
}

/** Until the pictures can be painted, so that they do not come in one by one; no longer than `patience`. */
async function pictures(items: readonly HTMLElement[], patience: number): Promise<void> {
  const all = items.flatMap((item) => [item, ...item.querySelectorAll("*")]);
  const images = all.filter((one): one is HTMLImageElement => one instanceof HTMLImageElement && one.src !== "");
  if (!images.length) return;
  const ready = Promise.all(images.map((image) => image.decode().catch(() => undefined)));
  await Promise.race([ready, new Promise((resolve) => setTimeout(resolve, patience))]);
}
