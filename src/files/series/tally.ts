import { type Dense, type Piece, useRuns } from './packed-chunk.ts';

/** How often each number of a column occurs: `counts[n]` times `(least + n) / fraction`, and no other number. */
export interface Tally {
  /** In units of 1 / `fraction`; it occurs at least once. */
  readonly least: number;
  readonly fraction: number;
  readonly counts: Uint32Array;
  /** How many numbers were counted. */
  readonly total: number;
}

/** A table of counts is made up to this length: 16 MB. */
const longestTable = 2 ** 22;

const fractions = [1, 1000, 10_000, 100_000, 1_000_000] as const;

/** The coarsest of the fractions in which a number is whole; undefined where it is in none, as NaN is. */
function fractionOf(value: number): number | undefined {
  return fractions.find((fraction) => Math.round(value * fraction) / fraction === value);
}

interface Reach {
  fraction: number;
  /** As numbers, not in units. */
  least: number;
  most: number;
}

/** Widens `reach` over a piece; false where its numbers cannot be counted in whole units. */
function widen(reach: Reach, { chunk, length }: Piece): boolean {
  let countable = true;
  const include = (value: number): void => {
    const fraction = fractionOf(value);
    if (fraction === undefined) countable = false;
    else reach.fraction = Math.max(reach.fraction, fraction);
    reach.least = Math.min(reach.least, value);
    reach.most = Math.max(reach.most, value);
  };
  if (chunk.runs !== undefined) {
    useRuns(chunk.runs, length, (first, step, count) => {
      include(first);
      include(first + step * (count - 1));
    });
    return countable;
  }
  const { codes, base, unit, fraction, most, gaps } = chunk;
  if (codes instanceof Float64Array || gaps) return false;
  reach.fraction = Math.max(reach.fraction, fraction);
  reach.least = Math.min(reach.least, (base * unit) / fraction);
  reach.most = Math.max(reach.most, ((base + most) * unit) / fraction);
  return true;
}

/** Counts the numbers of a column; undefined where they are not whole in any unit, or lie too far apart for a table. */
export function tallyOf(pieces: readonly Piece[]): Tally | undefined {
  const reach: Reach = { fraction: 1, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  if (!pieces.every((piece) => widen(reach, piece))) return undefined;
  const { fraction } = reach;
  const least = Math.round(reach.least * fraction);
  const range = Math.round(reach.most * fraction) - least;
  if (!(range < longestTable && Math.abs(least) < 2 ** 51)) return undefined;
  const counts = new Uint32Array(range + 1);
  let total = 0;
  for (const { chunk, length } of pieces) {
    total += length;
    if (chunk.runs === undefined) countCodes(chunk, least, fraction, counts);
    else {
      useRuns(chunk.runs, length, (first, step, count) => {
        for (let at = 0; at < (step === 0 ? 1 : count); at += 1) {
          const place = Math.round((first + step * at) * fraction) - least;
          counts[place] = (counts[place] ?? 0) + (step === 0 ? count : 1);
        }
      });
    }
  }
  return { least, fraction, counts, total };
}

function countCodes({ codes, base, unit, fraction: own }: Dense, least: number, fraction: number, counts: Uint32Array) {
  const scale = (unit * fraction) / own;
  const offset = base * scale - least;
  for (let at = 0; at < codes.length; at += 1) {
    const place = offset + (codes[at] ?? 0) * scale;
    counts[place] = (counts[place] ?? 0) + 1;
  }
}

/** How often a number occurs. */
export function countOf({ least, fraction, counts }: Tally, number: number): number {
  return counts[Math.round(number * fraction) - least] ?? 0;
}

/** The largest number; NaN where there is none. */
export function largestOf({ least, fraction, counts }: Tally): number {
  return (least + counts.length - 1) / fraction;
}

/** True when every number of a column is a multiple of a millionth, and no larger than `most`; NaN is not. Never says so wrongly. */
export function areMillionths(pieces: readonly Piece[], most: number): boolean {
  const fits = (value: number): boolean => Math.abs(value) <= most && Math.round(value * 1e6) / 1e6 === value;
  return pieces.every(({ chunk, length }) => {
    if (chunk.runs === undefined) {
      const { codes, base, unit, fraction, gaps } = chunk;
      if (codes instanceof Float64Array) return codes.every(fits);
      const largest = Math.max(Math.abs(base), Math.abs(base + chunk.most)) * unit;
      return largest <= most * fraction && !gaps;
    }
    let all = true;
    // Where the step is not 0, both ends and all between are whole numbers.
    useRuns(chunk.runs, length, (first, step, count) => {
      all &&= fits(first) && fits(first + step * (count - 1));
    });
    return all;
  });
}
