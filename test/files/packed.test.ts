import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEnergy, formatInstant, roundEnergy } from '../../src/domain/canonical.ts';
import { CanonicalRows } from '../../src/files/series/canonical-rows.ts';
import { blockLength, eachRun, PackedNumbers, type Run } from '../../src/files/series/packed-numbers.ts';
import { isAscending, sortedNumbers, sortRows } from '../../src/files/series/sort-rows.ts';
import { areMillionths, tallyOf } from '../../src/files/series/tally.ts';

/** A stretch of a column: so many numbers of one kind. */
const stretch = fc.oneof(
  fc
    .record({ first: fc.integer(), step: fc.integer({ min: -3_600_000, max: 3_600_000 }), count: fc.nat(5000) })
    .map(({ first, step, count }) => Array.from({ length: count }, (_, n) => first + n * step)),
  fc
    .tuple(fc.nat(9_999_999), fc.constantFrom(1, 10, 1000, 1_000_000), fc.nat(5000))
    .map(([seed, part, count]) => Array.from({ length: count }, (_, n) => ((seed * (n + 7) * 7919) % 100_003) / part)),
  fc.array(fc.oneof(fc.double(), fc.constant(Number.NaN), fc.constantFrom(0, -0, 0.1, 1e300)), { maxLength: 50 }),
  fc.tuple(fc.constantFrom(Number.NaN, 0.5, 7), fc.nat(9000)).map(([value, count]) => Array<number>(count).fill(value)),
);

const numbers = fc.array(stretch, { maxLength: 6 }).map((stretches) => stretches.flat());

/** 0 and -0 are one number here. */
function isSame(a: number | undefined, b: number | undefined): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function pack(values: readonly number[]): PackedNumbers {
  const packed = new PackedNumbers();
  for (const value of values) packed.push(value);
  return packed;
}

test('every number comes back from a packed column, in order, out of order and by runs', () => {
  fc.assert(
    fc.property(numbers, fc.array(fc.nat(30_000), { maxLength: 50 }), (values, places) => {
      const packed = pack(values);
      expect(packed.length).toBe(values.length);
      for (const place of places) {
        const expected = values[place] ?? Number.NaN;
        if (!isSame(packed.at(place), expected)) expect(packed.at(place)).toBe(expected);
      }
      for (const [at, value] of values.entries()) if (!isSame(packed.at(at), value)) expect(packed.at(at)).toBe(value);
      const fromRuns: number[] = [];
      eachRun(packed, (first, step, count) => {
        for (let n = 0; n < count; n += 1) fromRuns.push(step === 0 ? first : first + n * step);
      });
      expect(fromRuns.length).toBe(values.length);
      for (const [at, value] of values.entries()) if (!isSame(fromRuns[at], value)) expect(fromRuns[at]).toBe(value);
    }),
    { numRuns: 60 },
  );
});

test('a fraction too small to change a whole number is kept beside it', () => {
  const values = [5, 5e-324, 7, -1e-300, 2 ** 53, 1];
  const packed = pack(values);
  expect(values.map((_, at) => packed.at(at))).toEqual(values);
});

test('runs pushed as a whole are the numbers they stand for, and are read back in blocks and from any place', () => {
  const run = fc.record({
    first: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    step: fc.constantFrom(0, 1, -7, 300_000),
    count: fc.nat(6000),
  });
  fc.assert(
    fc.property(
      fc.array(run, { maxLength: 5 }),
      numbers,
      fc.array(fc.nat(40_000), { maxLength: 20 }),
      (runs, more, places) => {
        const packed = new PackedNumbers();
        const values: number[] = [];
        for (const { first, step, count } of runs) {
          packed.pushRun(first, step, count);
          for (let n = 0; n < count; n += 1) values.push(first + step * n);
        }
        for (const value of more) packed.push(value);
        values.push(...more);
        expect(packed.length).toBe(values.length);
        const block = new Float64Array(blockLength);
        const wrong: number[] = [];
        for (let from = 0; from < values.length; from += blockLength) {
          const read = packed.read(from, block);
          for (let at = 0; at < read; at += 1) if (!isSame(block[at], values[from + at])) wrong.push(from + at);
        }
        for (const place of places.filter((at) => at < values.length)) {
          const left: Run = { first: 0, step: 0, count: 0 };
          packed.runFrom(place, left);
          expect(left.count).toBeGreaterThan(0);
          for (let n = 0; n < left.count; n += 1) {
            const value = left.step === 0 ? left.first : left.first + left.step * n;
            if (!isSame(value, values[place + n])) wrong.push(place + n);
          }
        }
        expect(wrong).toEqual([]);
        if (areMillionths(packed.pieces(), 1e8))
          expect(values.filter((value) => roundEnergy(value) !== value + 0)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('a tally counts every number, or says that it cannot', () => {
  const multiples = fc
    .tuple(
      fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 1, maxLength: 9000, size: 'max' }),
      fc.constantFrom(1, 1000, 10_000, 1_000_000),
      fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(5000)), { maxLength: 3 }),
    )
    .map(([whole, fraction, runs]) => [
      ...whole.map((number) => number / fraction),
      ...runs.flatMap(([number, count]) => Array<number>(count).fill(number)),
    ]);
  fc.assert(
    fc.property(fc.oneof(multiples, numbers), (values) => {
      const counted = new Map<number, number>();
      for (const value of values) counted.set(value + 0, (counted.get(value + 0) ?? 0) + 1);
      const tally = tallyOf(pack(values).pieces());
      if (tally === undefined) return;
      const { least, fraction, counts, total } = tally;
      const found = new Map<number, number>();
      for (const [place, count] of counts.entries()) if (count > 0) found.set((least + place) / fraction + 0, count);
      expect([...found].toSorted(([a], [b]) => a - b)).toEqual([...counted].toSorted(([a], [b]) => a - b));
      expect(total).toBe(values.length);
      expect(counts.length === 0 || (counts[0] ?? 0) > 0).toBe(true);
    }),
    { numRuns: 60 },
  );
  expect(tallyOf(pack([0.5, 1.25, 0.5, -3]).pieces())?.total).toBe(4);
  expect(tallyOf(pack([0.5, Number.NaN]).pieces())).toBeUndefined();
  expect(tallyOf(pack([0, 1e9]).pieces())).toBeUndefined();
});

test('rows are sorted by number, then place, whatever the numbers', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const packed = pack(values);
      const present = [...values.keys()].filter((at) => !Number.isNaN(values[at]));
      const expected = present.toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
      expect([...sortRows(packed)]).toEqual(expected);
      const sorted = sortedNumbers(packed);
      expect(Array.from({ length: sorted.length }, (_, at) => sorted.at(at))).toEqual(
        expected.map((at) => (values[at] ?? 0) + 0),
      );
      const isSorted = present.every((at, n) => n === 0 || (values[at] ?? 0) >= (values[present[n - 1] ?? 0] ?? 0));
      expect(isAscending(packed)).toBe(isSorted);
    }),
    { numRuns: 60 },
  );
});

test('rows written digit by digit are those that the formats give, and so is their hash', () => {
  const energies = fc.oneof(
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((millionths) => millionths / 1_000_000),
    fc.constantFrom(0, 0.1, 999.999999, 1000, 999_999.999999, 1e9, 999_999_999.999999, 1e12, -0.000001),
  );
  const instants = fc.integer({ min: -2_208_988_800_000, max: 4_102_444_800_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(instants, energies), { maxLength: 4000, size: 'max' }), (rows) => {
      const writer = new CanonicalRows();
      writer.begin(['stärt', 'kWh'], true);
      const lines = ['stärt,kWh'];
      const starts = Float64Array.from(rows, ([instant]) => instant);
      const rounded = Float64Array.from(rows, ([, energy]) => roundEnergy(energy));
      const half = Math.floor(rows.length / 2);
      writer.intervals(starts, rounded, 0, half);
      writer.intervals(starts, rounded, half, rows.length);
      for (const [at, [instant]] of rows.entries())
        lines.push(`${formatInstant(instant)},${formatEnergy(rounded[at] ?? 0)}`);
      const { bytes, sha256, byteLength } = writer.end();
      const expected = new TextEncoder().encode(`${lines.join('\n')}\n`);
      expect(new TextDecoder().decode(bytes)).toBe(new TextDecoder().decode(expected));
      expect(byteLength).toBe(expected.length);
      expect(sha256).toBe(createHash('sha256').update(expected).digest('hex'));
    }),
    { numRuns: 30 },
  );
});
