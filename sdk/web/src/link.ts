/**
 * Who came by the link of a message: the token behind `#segue=` is taken out of the address at once, and exchanged,
 * once, for an identity token that proves for a few minutes who is there. That one goes with questions and never with
 * events: whoever forwards her link must not write into her record.
 */
import type { Chosen } from "./settings";

interface Vouched {
  /** the identity token, which is good for questions of this key alone */
  token: string;
  key: string;
  /** milliseconds, by her own clock */
  until: number;
}

const KEPT = "segue_link";
const NAMED = /(^|[&?])segue=([^&]*)/;
/** A link's, and not one of the six digits that anybody could guess. */
const TOKEN = /^[\w-]{40,100}$/;
/** As the API has it. Not by its `expires_at`: her clock may be wrong. Segue itself looks at its own. */
const LASTS = 5 * 60_000;
const REFUSED = "segue: the link's token is used, old or wrong; the page goes on without it";

/** A fragment (with its #) without tokens of links, and the first of these; null where there is none. */
export function withoutToken(fragment: string): { rest: string; proof: string | null } {
  let rest = fragment.replace(/^#/, "");
  let proof: string | null = null;
  for (let found = NAMED.exec(rest); found; found = NAMED.exec(rest)) {
    const [all, before, value] = found;
    const after = rest.slice(found.index + all.length);
    proof ??= value ?? "";
    const joined = before === "&" ? after : after && before + after.slice(1);
    rest = rest.slice(0, found.index) + joined;
  }
  return { rest: rest && `#${rest}`, proof };
}

export class Link {
  #proof = "";
  #vouched: Vouched | null = null;
  #exchanging: Promise<void> | null = null;
  /** what is under way counts only while nothing was forgotten */
  #turn = 0;

  /** Take a token out of the address; whether there was one. What an earlier link proved ends with it. */
  take(): boolean {
    const { rest, proof } = withoutToken(location.hash);
    if (proof === null) return false;
    this.forget();
    this.#proof = proof;
    try {
      history.replaceState(history.state, "", location.pathname + location.search + rest);
    } catch {
      // a page that may not write its address keeps it; the token works once all the same
    }
    return true;
  }

  /** Whether she came by a link that was not exchanged yet. */
  get brought(): boolean {
    return this.#proof !== "";
  }

  /** Until it is known who she is, or it takes too long; null where nothing is under way. Never rejected. */
  get exchanging(): Promise<void> | null {
    return this.#exchanging;
  }

  /** Exchange the token with this key. Once; nothing where she came by no link. */
  open(chosen: Chosen, key: string): void {
    const proof = this.#proof;
    if (!proof || !key) return;
    this.#proof = "";
    const turn = ++this.#turn;
    const exchanged = exchange(chosen, key, proof).then((token) => {
      if (token && turn === this.#turn) this.#keep({ token, key, until: Date.now() + LASTS });
    });
    const over = new Promise<void>((resolve) => setTimeout(resolve, chosen.timeout));
    // an answer that comes later serves the questions to come
    const waited = Promise.race([exchanged, over]).then(() => {
      if (this.#exchanging === waited) this.#exchanging = null;
    });
    this.#exchanging = waited;
  }

  /** The identity token for questions of a key, as long as it is good. */
  token(key: string): string | undefined {
    this.#vouched ??= read();
    if (this.#vouched && this.#vouched.until <= Date.now()) this.withdraw();
    return this.#vouched?.key === key ? this.#vouched.token : undefined;
  }

  /** Forget what was proven; a token that was not exchanged waits on for her yes. */
  withdraw(): void {
    this.#turn += 1;
    this.#vouched = null;
    this.#exchanging = null;
    try {
      sessionStorage.removeItem(KEPT);
    } catch {
      // without storage nothing was kept
    }
  }

  /** Forget the link altogether: somebody has logged in or out. */
  forget(): void {
    this.#proof = "";
    this.withdraw();
  }

  #keep(vouched: Vouched): void {
    this.#vouched = vouched;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(vouched));
    } catch {
      // without storage it holds for this page
    }
  }
}

/** An identity token for a link's; null where it is refused or there is no answer. */
async function exchange({ host, debug }: Chosen, key: string, proof: string): Promise<string | null> {
  const token = TOKEN.test(proof) ? await asked(host, key, proof).catch(() => null) : null;
  // eslint-disable-next-line no-console -- asked for by the page
  if (!token && debug) console.warn(REFUSED);
  return token;
}

async function asked(host: string, key: string, proof: string): Promise<string | null> {
  const answer = await fetch(`${host}/api/v1/proofs/exchange`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ proof }),
    credentials: "omit",
  });
  if (!answer.ok) return null;
  const { identity_token: token } = (await answer.json()) as { identity_token?: unknown };
  return typeof token === "string" && token ? token : null;
}

function read(): Vouched | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Partial<Vouched> | null;
    const { token, key, until } = found ?? {};
    const whole = typeof token === "string" && typeof key === "string" && typeof until === "number";
    return whole ? { token, key, until: Math.min(until, Date.now() + LASTS) } : null;
  } catch {
    return null; // no storage, or not ours
  }
}
