/** The web SDK, as any shop has it: the script that Segue hosts, loaded once, consent before anything. */
import type { Screen } from "../frame/settings";

export type Purposes = Readonly<Record<string, boolean>>;

interface BasketLine {
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
}

/** What of `window.segue` the shop uses; see docs/how-to/web-sdk.md. */
export interface Segue {
  load(settings: object): Segue;
  consent(purposes: Purposes): void;
  readonly consented: Purposes | null;
  readonly privacyControl: boolean;
  identityToken(token: string | null): void;
  basket(lines: readonly BasketLine[]): void;
  refresh(): void;
  track(event: string, properties?: object): void;
  identify(userId: string, traits?: object): void;
  reset(): void;
}

declare global {
  interface Window {
    segue?: Segue;
  }
}

/** Milliseconds until a slot shows the shop's own content; a demo may run on a slow machine. */
const PATIENCE = 3_000;

let loading: Promise<Segue | null> | null = null;

/** The SDK at work with the keys of this screen; null where it cannot be loaded. Once. */
export function startSdk(screen: Screen, token: string | null): Promise<Segue | null> {
  loading ??= loaded().then((segue) => {
    if (!segue || screen.write === "") return null;
    const settings = {
      writeKey: screen.write,
      decideKey: screen.key,
      host: location.origin,
      timeout: PATIENCE,
      keepQuery: ["product", "category", "page", "order"],
    };
    return segue.load(token === null ? settings : { ...settings, identityToken: token });
  });
  return loading;
}

function loaded(): Promise<Segue | null> {
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = "/sdk.js";
    script.onload = () => resolve(window.segue ?? null);
    script.onerror = () => resolve(null);
    document.head.append(script);
  });
}

/** The id by which the SDK knows this browser; null before she has agreed to anything. */
export function browserId(): string | null {
  try {
    const kept = localStorage.getItem("ajs_anonymous_id");
    if (!kept) return null;
    const said: unknown = kept.startsWith('"') ? JSON.parse(kept) : kept;
    return typeof said === "string" && said !== "" ? said : null;
  } catch {
    return null;
  }
}
