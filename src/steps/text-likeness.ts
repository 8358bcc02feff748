/**
 * Compares two texts, an address above all. Case, accents, punctuation, spaces and the order of words are forgiven. What is
 * not equal then is `different` only where the texts clearly speak of two things: each has a number that the other lacks,
 * or half of the words of the shorter one are not found in the longer. The rest, a `St` for a `Street` or an added postal
 * code, is `unclear`.
 */
export function compareTexts(a: string, b: string): 'same' | 'different' | 'unclear' {
  const [ours, theirs] = [wordsOf(a), wordsOf(b)];
  if (ours.length === 0 || theirs.length === 0) return a.trim() === b.trim() ? 'same' : 'unclear';
  if (ours.join('') === theirs.join('') || ours.toSorted().join(' ') === theirs.toSorted().join(' ')) return 'same';
  if (haveOwnNumbers(ours, theirs)) return 'different';
  const [shorter, longer] = ours.length <= theirs.length ? [ours, theirs] : [theirs, ours];
  const found = shorter.filter((word) => longer.some((other) => isShortFor(word, other) || isShortFor(other, word)));
  return found.length * 2 > shorter.length ? 'unclear' : 'different';
}

function wordsOf(text: string): readonly string[] {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** House numbers are compared with house numbers and postal codes with postal codes: a list may add or drop either. */
function haveOwnNumbers(a: readonly string[], b: readonly string[]): boolean {
  const lacking = (of: readonly string[], within: readonly string[], long: boolean): boolean =>
    of.some((word) => /\d/.test(word) && word.length >= 5 === long && !within.includes(word));
  return [false, true].some((long) => lacking(a, b, long) && lacking(b, a, long));
}

/** `st` for `street`, `ia` for `iowa`: the same first letter, and the others in their order. */
function isShortFor(short: string, long: string): boolean {
  if (short[0] !== long[0]) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at += 1;
  return at === short.length;
}
