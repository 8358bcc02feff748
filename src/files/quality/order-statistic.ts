import { blockLength } from '../series/packed-numbers.ts';
import { countOf, type Tally } from '../series/tally.ts';

/** Numbers to be read several times, block by block; NaN where there is none. */
interface Numbers {
  readonly length: number;
  /** Copies those from a place on, as many as `into` holds or are left; gives how many. */
  readonly read: (from: number, into: Float64Array) => number;
}

/** A bucket of so many values is sorted; a larger one is divided again. */
const sortable = 262_144;

const buckets = 1 << 16;

/** Where a rank lies: the bucket, by the digits that all its values begin with, and the rank within it. */
interface Place {
  readonly prefix: readonly number[];
  readonly rank: number;
  readonly count: number;
}

/** A bucket's values, while they are gathered. */
interface Bucket {
  readonly place: Place;
  readonly values: Float64Array;
  filled: number;
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Gives the digits of a number, 16 bits each and 0 the uppermost, such that numbers are in the order of their digits: a
 * double's bits are, once those of the negative ones are turned round. NaN has the highest of all.
 */
function digitReader(): (value: number, level: number) => number {
  const written = new Float64Array(1);
  const digits = new Uint16Array(written.buffer);
  return (value, level) => {
    // -0 and 0 are one number and must have the same digits.
    written[0] = value + 0;
    const upper = digits[littleEndian ? 3 : 0] ?? 0;
    if (level === 0) return upper >= 0x8000 ? 0xffff - upper : upper + 0x8000;
    const digit = digits[littleEndian ? 3 - level : level] ?? 0;
    return upper >= 0x8000 ? 0xffff - digit : digit;
  };
}

/** Counts numbers by the digit after `prefix`, of those that begin with it. */
function countDigits(
  numbers: Numbers,
  prefix: readonly number[],
  digitOf: ReturnType<typeof digitReader>,
): Uint32Array {
  const counts = new Uint32Array(buckets);
  const [upper] = prefix;
  const block = new Float64Array(blockLength);
  for (let from = 0; from < numbers.length; from += blockLength) {
    const read = numbers.read(from, block);
    for (let at = 0; at < read; at += 1) {
      const value = block[at] ?? 0;
      if (upper !== undefined && (digitOf(value, 0) !== upper || !begins(value, prefix, digitOf))) continue;
      const digit = digitOf(value, prefix.length);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
  }
  return counts;
}

function begins(value: number, prefix: readonly number[], digitOf: ReturnType<typeof digitReader>): boolean {
  return prefix.every((digit, level) => digitOf(value, level) === digit);
}

function placeOf(rank: number, prefix: readonly number[], counts: Uint32Array): Place {
  let [left, digit] = [rank, 0];
  while (left >= (counts[digit] ?? 0) && digit < buckets - 1) {
    left -= counts[digit] ?? 0;
    digit += 1;
  }
  return { prefix: [...prefix, digit], rank: left, count: counts[digit] ?? 0 };
}

/** The values of several ranks: one pass counts, one gathers the buckets that matter; large buckets take a pass more each. */
function valuesAt(numbers: Numbers, ranks: readonly number[], top: Uint32Array): ReadonlyMap<number, number> {
  const digitOf = digitReader();
  const divided = new Map<string, Uint32Array>();
  const places = ranks.map((rank) => {
    let place = placeOf(rank, [], top);
    while (place.count > sortable && place.prefix.length < 4) {
      const name = place.prefix.join(' ');
      const counts = divided.get(name) ?? countDigits(numbers, place.prefix, digitOf);
      divided.set(name, counts);
      place = placeOf(place.rank, place.prefix, counts);
    }
    return place;
  });
  // A bucket of four digits holds one value, however often: one of it is enough.
  const gathered = new Map<string, Bucket>();
  for (const place of places) {
    const size = place.prefix.length === 4 ? 1 : place.count;
    gathered.set(place.prefix.join(' '), { place, values: new Float64Array(size), filled: 0 });
  }
  const byUpper = new Map<number, Bucket[]>();
  for (const bucket of gathered.values()) {
    const upper = bucket.place.prefix[0] ?? 0;
    byUpper.set(upper, [...(byUpper.get(upper) ?? []), bucket]);
  }
  const wanted = new Uint8Array(buckets);
  for (const upper of byUpper.keys()) wanted[upper] = 1;
  const block = new Float64Array(blockLength);
  for (let from = 0; from < numbers.length; from += blockLength) {
    const read = numbers.read(from, block);
    for (let at = 0; at < read; at += 1) {
      const value = block[at] ?? 0;
      const upper = digitOf(value, 0);
      if (wanted[upper] !== 1) continue;
      for (const bucket of byUpper.get(upper) ?? []) {
        if (bucket.filled === bucket.values.length || !begins(value, bucket.place.prefix, digitOf)) continue;
        bucket.values[bucket.filled] = value;
        bucket.filled += 1;
      }
    }
  }
  for (const { values } of gathered.values()) values.sort();
  return new Map(
    ranks.map((rank, at) => {
      const { prefix, rank: within } = places[at] ?? { prefix: [], rank: 0 };
      const values = gathered.get(prefix.join(' '))?.values;
      return [rank, values?.[Math.min(within, values.length - 1)] ?? Number.NaN];
    }),
  );
}

/**
 * Quantiles as numpy and pandas give them: between two values the place is shared in proportion. Exact, with two passes over
 * the numbers, three or four where many are alike, and a few megabytes whatever their count. NaN is passed over; undefined
 * when there is nothing else. As many as `fewAtMost` are sorted instead.
 */
export function quantiles(
  numbers: Numbers,
  fractions: readonly number[],
  fewAtMost: number = buckets,
): readonly number[] | undefined {
  if (numbers.length <= fewAtMost) return quantilesOfFew(numbers, fractions);
  const digitOf = digitReader();
  const top = new Uint32Array(buckets);
  let count = 0;
  const block = new Float64Array(blockLength);
  for (let from = 0; from < numbers.length; from += blockLength) {
    const read = numbers.read(from, block);
    for (let at = 0; at < read; at += 1) {
      const value = block[at] ?? 0;
      if (Number.isNaN(value)) continue;
      const digit = digitOf(value, 0);
      top[digit] = (top[digit] ?? 0) + 1;
      count += 1;
    }
  }
  if (count === 0) return undefined;
  const places = fractions.map((fraction) => (count - 1) * fraction);
  const values = valuesAt(numbers, [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))], top);
  return places.map((place) => between(place, (rank) => values.get(rank)));
}

/** The same by sorting: where the numbers are few, that is quicker than counting digits. */
function quantilesOfFew(numbers: Numbers, fractions: readonly number[]): readonly number[] | undefined {
  const all = new Float64Array(numbers.length);
  const block = new Float64Array(blockLength);
  let count = 0;
  for (let from = 0; from < numbers.length; from += blockLength) {
    const read = numbers.read(from, block);
    for (let at = 0; at < read; at += 1) {
      const value = block[at] ?? 0;
      if (Number.isNaN(value)) continue;
      all[count] = value + 0;
      count += 1;
    }
  }
  if (count === 0) return undefined;
  const sorted = all.subarray(0, count).sort();
  return fractions.map((fraction) => between((count - 1) * fraction, (rank) => sorted[rank]));
}

/** The same of numbers that are counted already, zeros passed over, each as `scaled` gives it, which keeps their order. */
export function quantilesOfTally(
  tally: Tally,
  fractions: readonly number[],
  scaled: (number: number) => number,
): readonly number[] | undefined {
  const { least, fraction, counts } = tally;
  const count = tally.total - countOf(tally, 0);
  if (count === 0) return undefined;
  const valueOf = (rank: number): number => {
    let left = rank;
    let at = 0;
    for (; at < counts.length - 1; at += 1) {
      const alike = at === -least ? 0 : (counts[at] ?? 0);
      if (left < alike) break;
      left -= alike;
    }
    return scaled((least + at) / fraction);
  };
  return fractions.map((part) => between((count - 1) * part, valueOf));
}

/** What lies at a place between two ranks. */
function between(place: number, valueOf: (rank: number) => number | undefined): number {
  const lower = valueOf(Math.floor(place)) ?? Number.NaN;
  const upper = valueOf(Math.ceil(place)) ?? Number.NaN;
  return lower + (upper - lower) * (place - Math.floor(place));
}
