/** Digits of the shortest dial that is believed to have rolled over. */
const fewestDigits = 3;

/**
 * What a count passed when it fell from near a power of ten to near zero: that power, where the step it makes is no more
 * than twice the largest other one. Undefined where the fall is something else: a meter replaced, or set back.
 */
export function rolledOver(from: number, to: number, largestRise: number): number | undefined {
  const digits = Math.max(fewestDigits, Math.floor(Math.log10(Math.max(from, 1))) + 1);
  const top = 10 ** digits;
  if (from < 0.9 * top || to > 0.1 * top || to < 0) return undefined;
  return top - from + to <= 2 * largestRise ? top : undefined;
}
