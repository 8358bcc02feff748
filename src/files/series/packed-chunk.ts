/** How many numbers a chunk holds. */
export const chunkLength = 4096;

/** A chunk in more runs than this is kept number by number. */
export const mostRuns = chunkLength / 8;

/** Milliseconds come in whole minutes or seconds, energies in thousandths: counted in these, numbers fit two or four bytes. */
const wholeUnits = [60_000, 1000, 1] as const;
const fractions = [1000, 10_000, 100_000, 1_000_000] as const;

/** Number by number: `(base + code) * unit / fraction`; the code `missing` is NaN. */
export interface Dense {
  readonly runs: undefined;
  readonly codes: Float64Array | Uint32Array | Uint16Array;
  readonly base: number;
  readonly unit: number;
  readonly fraction: number;
  readonly missing: number;
  /** The largest code that is a number. */
  readonly most: number;
  /** True when some number is NaN. */
  readonly gaps: boolean;
}

/** Runs of constant step: place of the first, its value, the step, run after run. */
export interface Regular {
  readonly runs: Float64Array;
}

/** A stretch of a column. */
export interface Piece {
  readonly chunk: Dense | Regular;
  readonly length: number;
}

const same = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

function asRuns(values: Float64Array): Regular | undefined {
  const runs: number[] = [];
  for (let at = 0; at < values.length;) {
    // Where runs are short from the beginning, looking on would be in vain.
    if (runs.length >= 3 * Math.min(mostRuns, 32 + at / 8)) return undefined;
    const value = values[at] ?? 0;
    const next = values[at + 1] ?? value;
    const difference = next - value;
    // Steps between fractions do not add up exactly.
    const step = Number.isSafeInteger(value) && Number.isSafeInteger(difference) ? difference : 0;
    runs.push(at, value, step);
    const first = at;
    at += 1;
    while (at < values.length && same(values[at] ?? 0, step === 0 ? value : value + step * (at - first))) at += 1;
  }
  return { runs: Float64Array.from(runs) };
}

function asCodes(values: Float64Array, unit: number, fraction: number): Dense | undefined {
  let [least, most, gaps] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    if (Number.isNaN(value)) {
      gaps = true;
      continue;
    }
    const scaled = fraction === 1 ? value / unit : Math.round(value * fraction);
    if (!Number.isSafeInteger(scaled) || (scaled * unit) / fraction !== value) return undefined;
    if (scaled < least) least = scaled;
    if (scaled > most) most = scaled;
  }
  const range = most - least;
  const codes =
    range < 0xffff ? new Uint16Array(values.length) : range < 0xffff_ffff ? new Uint32Array(values.length) : undefined;
  if (codes === undefined) return undefined;
  const missing = codes.BYTES_PER_ELEMENT === 2 ? 0xffff : 0xffff_ffff;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    codes[at] = Number.isNaN(value) ? missing : (fraction === 1 ? value / unit : Math.round(value * fraction)) - least;
  }
  return { runs: undefined, codes, base: least, unit, fraction, missing, most: range, gaps };
}

/** A full chunk in the least memory that gives every number back exactly. */
export function packChunk(values: Float64Array): Dense | Regular {
  const regular = asRuns(values);
  if (regular !== undefined) return regular;
  for (const unit of wholeUnits) {
    const dense = asCodes(values, unit, 1);
    if (dense !== undefined) return dense;
  }
  for (const fraction of fractions) {
    const dense = asCodes(values, 1, fraction);
    if (dense !== undefined) return dense;
  }
  const codes = values.slice();
  return { runs: undefined, codes, base: 0, unit: 1, fraction: 1, missing: Number.NaN, most: Number.NaN, gaps: true };
}

/** Writes a chunk's numbers out. */
export function unpackChunk(chunk: Dense | Regular, into: Float64Array): void {
  if (chunk.runs === undefined) {
    const { codes, base, unit, fraction, missing, gaps } = chunk;
    if (fraction === 1) for (let at = 0; at < codes.length; at += 1) into[at] = (base + (codes[at] ?? 0)) * unit;
    else for (let at = 0; at < codes.length; at += 1) into[at] = (base + (codes[at] ?? 0)) / fraction;
    if (!gaps || Number.isNaN(missing)) return;
    for (let at = codes.indexOf(missing); at !== -1; at = codes.indexOf(missing, at + 1)) into[at] = Number.NaN;
    return;
  }
  writeRuns(chunk.runs, chunkLength, into);
}

/** Writes out runs that cover a stretch of so many numbers. */
export function writeRuns(runs: ArrayLike<number>, length: number, into: Float64Array): void {
  for (let run = 0; run < runs.length; run += 3) {
    const until = runs[run + 3] ?? length;
    const step = runs[run + 2] ?? 0;
    let value = runs[run + 1] ?? 0;
    for (let at = runs[run] ?? 0; at < until; at += 1) {
      into[at] = value;
      value += step;
    }
  }
}

/** Calls `use` for each of the runs that cover a stretch of so many numbers. */
export function useRuns(
  runs: ArrayLike<number>,
  length: number,
  use: (first: number, step: number, count: number) => void,
): void {
  for (let run = 0; run < runs.length; run += 3) {
    use(runs[run + 1] ?? 0, runs[run + 2] ?? 0, (runs[run + 3] ?? length) - (runs[run] ?? 0));
  }
}
