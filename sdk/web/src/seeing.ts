/** Really seen: half of it in view, uncovered, for a second, in a tab that is visible. */

const SHARE = 0.5;
const SECOND = 1000;
const AGAIN = 500;
const STEPS = Array.from({ length: 21 }, (_, step) => step / 20);

export class Seeing {
  readonly #then = new Map<Element, () => void>();
  readonly #timers = new Map<Element, number>();
  readonly #inView = new Set<Element>();
  readonly #observer = new IntersectionObserver((entries) => this.#noticed(entries), { threshold: STEPS });

  constructor() {
    document.addEventListener("visibilitychange", () => {
      for (const element of this.#inView) this.#time(element);
    });
  }

  /** Call `then` once, when `element` has been seen. */
  once(element: Element, then: () => void): void {
    this.#then.set(element, then);
    this.#observer.observe(element);
  }

  /** Look no longer. */
  forget(element: Element): void {
    this.#observer.unobserve(element);
    clearTimeout(this.#timers.get(element));
    this.#timers.delete(element);
    this.#inView.delete(element);
    this.#then.delete(element);
  }

  #noticed(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      if (enough(entry)) this.#inView.add(entry.target);
      else this.#inView.delete(entry.target);
      this.#time(entry.target);
    }
  }

  #time(element: Element): void {
    const looks = this.#inView.has(element) && document.visibilityState === "visible";
    if (!looks) {
      clearTimeout(this.#timers.get(element));
      this.#timers.delete(element);
    } else if (!this.#timers.has(element)) {
      this.#wait(element, SECOND);
    }
  }

  #wait(element: Element, milliseconds: number): void {
    const timer = setTimeout(() => {
      if (covered(element)) {
        this.#wait(element, AGAIN);
        return;
      }
      const then = this.#then.get(element);
      this.forget(element);
      then?.();
    }, milliseconds);
    this.#timers.set(element, timer);
  }
}

/** Half of the element, or half of the window where the element is larger than that. */
function enough({ intersectionRatio, intersectionRect, rootBounds }: IntersectionObserverEntry): boolean {
  if (intersectionRatio >= SHARE) return true;
  const window = rootBounds ? rootBounds.width * rootBounds.height : Infinity;
  return intersectionRect.width * intersectionRect.height >= SHARE * window;
}

/** Whether something else, a banner about consent perhaps, lies over most of what is in view of the element. */
function covered(element: Element): boolean {
  if (element.checkVisibility && !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return true;
  const box = element.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const spots = [[0.5, 0.5], [0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]] as const; // prettier-ignore
  const free = spots.filter(([across, down]) => {
    const hit = document.elementFromPoint(left + across * (right - left), top + down * (bottom - top));
    return hit !== null && (element.contains(hit) || hit.contains(element));
  });
  return free.length < 3;
}
