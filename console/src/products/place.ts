/** Where a store is, as it is typed. */

/** Degrees, with a point or a comma; null: nothing was typed, undefined: none that there are. */
export function degrees(typed: string, most: number): number | null | undefined {
  const plain = typed.trim().replace("−", "-").replace(",", ".");
  if (plain === "") return null;
  if (!/^-?\d{1,3}(\.\d+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Math.abs(value) <= most ? value : undefined;
}

/** Whether a browser knows a time zone of that name. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

export function zones(): string[] {
  return typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
}
