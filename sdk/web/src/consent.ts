/** What the visitor agreed to. Kept in this browser under the shop's own name, and nowhere else. */

/** Purpose → yes or no, as purposes.yaml names them: `{personalisation: true, marketing: false}`. */
export type Purposes = Readonly<Record<string, boolean>>;

interface Kept {
  purposes: Purposes;
  /** whether the browser asked not to be tracked (Global Privacy Control) when it was said */
  gpc: boolean;
}

const NAME = "segue_consent";

/** Global Privacy Control: a no to everything that she did not say yes to here, after it was on. */
export function privacyControl(): boolean {
  return (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
}

export class Consent {
  #kept: Kept | null;
  readonly #required: boolean;
  readonly #slotPurpose: string;
  readonly #changed = new Set<(before: Purposes | null) => void>();

  constructor(mode: "required" | "implied", slotPurpose: string) {
    const gpc = privacyControl();
    const kept = read();
    this.#kept = kept && gpc && !kept.gpc ? null : kept;
    this.#required = mode === "required" || gpc;
    this.#slotPurpose = slotPurpose;
    addEventListener("storage", (event) => {
      if (event.key === NAME) this.#become(read());
    });
  }

  /** What she said; null where she said nothing. */
  get purposes(): Purposes | null {
    return this.#kept?.purposes ?? null;
  }

  /** Whether what she does may be recorded. */
  get captures(): boolean {
    const said = this.purposes;
    return said ? Object.values(said).some(Boolean) : !this.#required;
  }

  /** Whether slots may be asked for. */
  get personalises(): boolean {
    const said = this.purposes;
    return this.captures && (said === null || said[this.#slotPurpose] === true);
  }

  /** Keep what she says now; purposes that are not named stay as they were. */
  say(purposes: Purposes): void {
    const cleaned = Object.entries({ ...this.purposes, ...purposes }).filter(([, yes]) => typeof yes === "boolean");
    const kept: Kept = { purposes: Object.fromEntries(cleaned), gpc: privacyControl() };
    write(kept);
    this.#become(kept);
  }

  /** Call `listener` after every change, with what was said before. */
  onChange(listener: (before: Purposes | null) => void): void {
    this.#changed.add(listener);
  }

  #become(kept: Kept | null): void {
    const before = this.purposes;
    this.#kept = kept;
    for (const listener of this.#changed) listener(before);
  }
}

function read(): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(NAME) ?? "null") as Partial<Kept> | null;
    return found && typeof found.purposes === "object" && found.purposes !== null
      ? { purposes: found.purposes, gpc: found.gpc === true }
      : null;
  } catch {
    return null; // no storage, or not ours
  }
}

function write(kept: Kept): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // without storage it holds for this page
  }
}
