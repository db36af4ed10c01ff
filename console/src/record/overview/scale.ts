/** How long bars are beside one another. */

const GIANT = 12;

/** Shares 0..1 of the longest; one giant (a litre counted in millilitres, say) is cut rather than flatten all others. */
export function scaled(values: readonly number[]): { share: number; cut: boolean }[] {
  const [first = 0, second = 0] = [...values].sort((one, other) => other - one);
  const giant = second > 0 && first > GIANT * second;
  const longest = (giant ? second * 1.4 : first) || 1;
  return values.map((value) => ({ share: Math.min(1, value / longest), cut: giant && value > longest }));
}
