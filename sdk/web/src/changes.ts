/** What appears on a page later: at once for slots, a moment later for what only has to be read. */

const WATCHED = [
  "data-segue-slot",
  "data-segue-product",
  "data-segue-ad",
  "data-segue-basket",
  "data-segue-category",
  "data-segue-ignore",
];
const QUIET = 250;

export class Changes {
  readonly #atOnce: (() => void)[] = [];
  readonly #settled: (() => void)[] = [];
  #pending = false;

  constructor() {
    new MutationObserver(() => this.#changed()).observe(document, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: WATCHED,
    });
  }

  /** Call `listener` before what has appeared is painted. */
  atOnce(listener: () => void): void {
    this.#atOnce.push(listener);
  }

  /** Call `listener` when the page has been quiet for a moment. */
  settled(listener: () => void): void {
    this.#settled.push(listener);
  }

  #changed(): void {
    for (const listener of this.#atOnce) listener();
    if (this.#pending) return;
    this.#pending = true;
    setTimeout(() => {
      this.#pending = false;
      for (const listener of this.#settled) listener();
    }, QUIET);
  }
}
