/** Who has logged in to the shop, and the proof of it that the shop's backend signs. */
export interface Account {
  readonly user_id: string;
  readonly email: string;
  readonly identity_token: string;
  /** RFC 3339 */
  readonly expires_at: string;
}

const KEPT = "segue.shop.account";

/** Log in as one of the demo's customers; null when the backend does not answer or knows nobody of that name. */
export async function logIn(userId: string): Promise<Account | null> {
  try {
    const answer = await fetch("/api/v1/shop/log-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      body: JSON.stringify({ user_id: userId }),
      signal: AbortSignal.timeout(8_000),
    });
    if (!answer.ok) return null;
    const account = (await answer.json()) as Account;
    keepAccount(account);
    return account;
  } catch {
    return null;
  }
}

/** Who logged in before; her token may have expired. */
export function accountKept(): Account | null {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "null") as Partial<Account> | null;
    return typeof found?.user_id === "string" && typeof found.identity_token === "string" ? (found as Account) : null;
  } catch {
    return null;
  }
}

export function keepAccount(account: Account | null): void {
  try {
    if (account === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, JSON.stringify(account));
  } catch {
    // storage is closed: she is logged in until the page is left
  }
}

const EARLY = 5 * 60_000;

/** Milliseconds until another token is to be asked for. */
export function until(account: Account, now: number): number {
  return Math.max(Date.parse(account.expires_at) - now - EARLY, 0);
}
