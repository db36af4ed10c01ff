/** Pages as she sees them: documents, and the pages that a single-page application makes of its history. */

const SETTLED = 1000;

export class Visits {
  readonly #turned: ((from: string) => void)[] = [];
  readonly #leaving: (() => void)[] = [];
  #address = location.href;
  #settling: number | undefined;

  constructor() {
    this.#wrap("pushState");
    this.#wrap("replaceState");
    addEventListener("popstate", () => this.#look());
    addEventListener("hashchange", () => this.#look());
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.#turn(); // back from the browser's own memory
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#leave();
    });
    addEventListener("pagehide", () => this.#leave());
  }

  /** Call `listener` when another page is shown, with the address of the one before. */
  onTurn(listener: (from: string) => void): void {
    this.#turned.push(listener);
  }

  /** Call `listener` when the page may be gone for good. */
  onLeave(listener: () => void): void {
    this.#leaving.push(listener);
  }

  #wrap(name: "pushState" | "replaceState"): void {
    const original = history[name].bind(history);
    history[name] = (...said: Parameters<History["pushState"]>) => {
      original(...said);
      this.#look(name === "replaceState");
    };
  }

  #look(replaced = false): void {
    clearTimeout(this.#settling);
    if (place(location.href) === place(this.#address)) return;
    const samePath = new URL(this.#address).pathname === location.pathname;
    // an address that is rewritten while she types, or for a filter, is a page once it stays
    if (replaced && samePath) this.#settling = setTimeout(() => this.#turn(), SETTLED);
    // the title and the content come a moment after the address
    else this.#settling = setTimeout(() => this.#turn(), 0);
  }

  #turn(): void {
    const from = this.#address;
    this.#address = location.href;
    for (const listener of this.#turned) listener(from);
  }

  #leave(): void {
    for (const listener of this.#leaving) listener();
  }
}

/** What makes an address another page: everything but an anchor within the page. */
function place(address: string): string {
  const url = new URL(address);
  return url.origin + url.pathname + url.search + (/^#[!/]/.test(url.hash) ? url.hash : "");
}
