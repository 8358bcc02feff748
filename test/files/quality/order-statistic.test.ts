import { array, assert, constantFrom, double, oneof, pre, property } from 'fast-check';
import { expect, test } from 'vitest';
import { quantiles, quantilesOfTally } from '../../../src/files/quality/order-statistic.ts';
import { PackedNumbers } from '../../../src/files/series/packed-numbers.ts';
import { tallyOf } from '../../../src/files/series/tally.ts';

const of = (values: readonly number[], ...fractions: readonly number[]) => quantilesOf(values, fractions, 0);

const quantilesOf = (values: readonly number[], fractions: readonly number[], fewAtMost?: number) =>
  quantiles({ length: values.length, read: (from, into) => copy(values, from, into) }, fractions, fewAtMost);

function copy(values: readonly number[], from: number, into: Float64Array): number {
  const block = values.slice(from, from + into.length);
  into.set(block);
  return block.length;
}

/** The same by sorting, as numpy's default has it. */
function sorted(values: readonly number[], fraction: number): number {
  const ordered = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const place = (ordered.length - 1) * fraction;
  const [lower = 0, upper = 0] = [ordered[Math.floor(place)], ordered[Math.ceil(place)]];
  return lower + (upper - lower) * (place - Math.floor(place));
}

test('quartiles are those of the sorted values, whatever the values', () => {
  const value = oneof(double({ noNaN: true, min: -1e12, max: 1e12 }), constantFrom(0, -0, 1, 0.25, Number.NaN));
  assert(
    property(array(value, { minLength: 1, maxLength: 300 }), (values) => {
      pre(values.some((one) => !Number.isNaN(one)));
      const expected = [0, 0.25, 0.5, 0.75, 1].map((fraction) => sorted(values, fraction) + 0);
      expect(of(values, 0, 0.25, 0.5, 0.75, 1)?.map((one) => one + 0)).toEqual(expected);
      expect(quantilesOf(values, [0, 0.25, 0.5, 0.75, 1])?.map((one) => one + 0)).toEqual(expected);
    }),
  );
});

test('quartiles of counted values are those of the sorted ones, zeros passed over', () => {
  assert(
    property(array(constantFrom(0, 0.25, 0.001, -3, 7.5, 12), { minLength: 1, maxLength: 300 }), (values) => {
      pre(values.some((one) => one !== 0));
      const column = new PackedNumbers();
      for (const value of values) column.push(value);
      const tally = tallyOf(column.pieces());
      const scaled = (value: number): number => (value * 3_600_000) / 900_000;
      const expected = [0, 0.25, 0.5, 1].map((fraction) =>
        sorted(
          values.filter((value) => value !== 0).map((value) => scaled(value)),
          fraction,
        ),
      );
      expect(tally === undefined ? [] : quantilesOfTally(tally, [0, 0.25, 0.5, 1], scaled)).toEqual(expected);
    }),
  );
});

test('a bucket with more than 65,536 values is divided, also where all values are one', () => {
  const near = Array.from({ length: 200_000 }, (_, at) => 1 + ((at * 7919) % 200_000) * 1e-9);
  expect(of(near, 0.25, 0.5, 0.75)).toEqual([0.25, 0.5, 0.75].map((fraction) => sorted(near, fraction)));
  const mixed = near.map((value, at) => (at % 3 === 0 ? -2.5 : value));
  expect(of(mixed, 0.25, 0.5)).toEqual([0.25, 0.5].map((fraction) => sorted(mixed, fraction)));
});

test('of nothing there is no quantile', () => {
  expect(of([], 0.5)).toBeUndefined();
  expect(of([Number.NaN], 0.5)).toBeUndefined();
});
