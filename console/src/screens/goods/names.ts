/** Names of a retailer's system, as people read them. */

/** `FLUID MILK PRODUCTS` → `Fluid milk products`; what is written with care stays as it is. */
export function plainly(name: string): string {
  if (name !== name.toUpperCase()) return name;
  const low = name.toLowerCase();
  return low.charAt(0).toUpperCase() + low.slice(1);
}

const HUES = 8;

/** Which of the eight colours something has, always the same. */
export function hueOf(text: string): number {
  let sum = 0;
  for (const sign of text) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9_973;
  return (sum % HUES) + 1;
}
