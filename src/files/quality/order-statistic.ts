/** Numbers by their place, from 0. */
interface Numbers {
  readonly length: number;
  readonly at: (index: number) => number;
}

/** So many are gathered and sorted at last; a bucket with more is divided again. */
const gathered = 65_536;

const digits = 16;

/**
 * Quantiles as numpy and pandas give them: between two values the place is shared in proportion. Exact, with a few passes
 * over the numbers and a megabyte at most, whatever their count. NaN is passed over; undefined when there is nothing else.
 */
export function quantiles(numbers: Numbers, fractions: readonly number[]): readonly number[] | undefined {
  let count = 0;
  for (let index = 0; index < numbers.length; index += 1) if (!Number.isNaN(numbers.at(index))) count += 1;
  if (count === 0) return undefined;
  // NaN has the highest key of all: it lies beyond every rank that is asked for.
  const select = selectorOf(numbers);
  return fractions.map((fraction) => {
    const place = (count - 1) * fraction;
    const below = Math.floor(place);
    const lower = select(below);
    return place === below ? lower : lower + (select(below + 1) - lower) * (place - below);
  });
}

/**
 * Finds the value of a rank by radix: a double's bits, negative ones turned round, are in the order of the doubles, so that
 * counting their upper 16 bits says in which bucket a rank lies, and the next 16 divide that bucket.
 */
function selectorOf({ length, at }: Numbers): (rank: number) => number {
  const double = new Float64Array(1);
  const bits = new Uint16Array(double.buffer);
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

  /** The digit of a value at a level, 0 the uppermost. */
  function digitOf(value: number, level: number): number {
    // -0 and 0 are one value and must have one key.
    double[0] = value + 0;
    const upper = bits[littleEndian ? 3 : 0] ?? 0;
    const digit = level === 0 ? upper : (bits[littleEndian ? 3 - level : level] ?? 0);
    if (upper >= 0x8000) return 0xffff - digit;
    return level === 0 ? digit + 0x8000 : digit;
  }

  function isWithin(value: number, prefix: readonly number[]): boolean {
    for (let level = 0; level < prefix.length; level += 1) if (digitOf(value, level) !== prefix[level]) return false;
    return true;
  }

  const top = new Uint32Array(1 << digits);
  for (let index = 0; index < length; index += 1) {
    const digit = digitOf(at(index), 0);
    top[digit] = (top[digit] ?? 0) + 1;
  }
  const sorted = new Map<string, Float64Array>();

  function divide(prefix: readonly number[]): Uint32Array {
    const counts = new Uint32Array(1 << digits);
    for (let index = 0; index < length; index += 1) {
      const value = at(index);
      if (!isWithin(value, prefix)) continue;
      const digit = digitOf(value, prefix.length);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    return counts;
  }

  function gather(prefix: readonly number[], count: number): Float64Array {
    const name = prefix.join(' ');
    const known = sorted.get(name);
    if (known !== undefined) return known;
    const values = new Float64Array(count);
    let into = 0;
    for (let index = 0; index < length; index += 1) {
      const value = at(index);
      if (!isWithin(value, prefix)) continue;
      values[into] = value;
      into += 1;
    }
    values.sort();
    sorted.clear();
    sorted.set(name, values);
    return values;
  }

  return (rank) => {
    let left = rank;
    let counts: Uint32Array = top;
    const prefix: number[] = [];
    for (;;) {
      let digit = 0;
      while (left >= (counts[digit] ?? 0)) {
        left -= counts[digit] ?? 0;
        digit += 1;
      }
      prefix.push(digit);
      const count = counts[digit] ?? 0;
      // Four digits are the whole value: all in the bucket are equal, and the first of them is the one.
      if (count <= gathered) return gather(prefix, count)[left] ?? Number.NaN;
      if (prefix.length * digits === 64) return firstWithin(prefix);
      counts = divide(prefix);
    }
  };

  function firstWithin(prefix: readonly number[]): number {
    for (let index = 0; index < length; index += 1) if (isWithin(at(index), prefix)) return at(index);
    return Number.NaN;
  }
}
