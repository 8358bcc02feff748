import { distance } from 'fastest-levenshtein';

/** Short forms that no distance leads home. */
const shortForms: ReadonlyMap<string, string> = new Map([
  ['lat', 'latitude'],
  ['lon', 'longitude'],
  ['lng', 'longitude'],
  ['long', 'longitude'],
]);

/** Which of the two coordinates a key is short for; undefined for any other key. */
export function coordinateKey(key: string): string | undefined {
  return shortForms.get(key.toLowerCase());
}

/**
 * The known word closest to a mistyped one, ignoring case; undefined when none is close enough to be meant: one letter in
 * `lettersPerSlip` may differ.
 */
export function nearestWord(wrong: string, known: Iterable<string>, lettersPerSlip = 3): string | undefined {
  const folded = wrong.toLowerCase();
  const whole = coordinateKey(wrong);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wrong.length / lettersPerSlip)) + 1;
  for (const word of known) {
    if (word === whole) return word;
    if (Math.abs(word.length - wrong.length) >= least) continue;
    const apart = distance(folded, word.toLowerCase());
    if (apart < least) {
      least = apart;
      best = word;
    }
  }
  return best;
}

/** The end of a message about a wrong word: `; did you mean "x"?`, or `otherwise` when nothing is close. */
export function didYouMean(wrong: string, known: Iterable<string>, otherwise = ''): string {
  const word = nearestWord(wrong, known);
  return word === undefined ? otherwise : `; did you mean "${word}"?`;
}

/** Words in quotes with commas between them, for "use one of ...". */
export function listWords(words: Iterable<string>): string {
  return [...words].map((word) => `"${word}"`).join(', ');
}

/**
 * A value as it is shown in a message: quoted when it is text, shortened when it is long, not repeated when it holds an `@`,
 * since what stands before one may be a password.
 */
export function showValue(value: unknown): string {
  if (value === null) return 'empty';
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  if (text.includes('@')) return 'what is written (it holds an @, so it is not repeated)';
  return text.length > 80 ? `${text.slice(0, 76)}...` : text;
}
