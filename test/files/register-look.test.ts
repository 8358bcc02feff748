import { array, assert, constantFrom, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { registerExample } from '../../src/files/values/register-look.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function look(values: readonly number[], stepMs: number, newestFirst = false) {
  const numbers = { length: values.length, at: (row: number) => values[row] ?? Number.NaN };
  return registerExample(numbers, (row) => (newestFirst ? -row : row) * stepMs);
}

function sums(steps: readonly number[], from: number): readonly number[] {
  let count = from;
  return [from, ...steps.map((step) => (count += step))];
}

/** A load of a day's shape, least at four in the morning. */
const loadAt = (time: number): number => 40 - 25 * Math.cos(((time / hourMs - 4) / 24) * 2 * Math.PI);

test('a count that is read for a day is never taken for a load, wherever it began and whatever was used', () => {
  assert(
    property(
      array(double({ min: 0.1, max: 500, noNaN: true }), { minLength: 100, maxLength: 300 }),
      double({ min: 0, max: 1e6, noNaN: true }),
      constantFrom(hourMs / 4, hourMs / 2, hourMs),
      (used, from, stepMs) => {
        const counts = sums(used, from);
        expect(look(counts, stepMs)).toEqual({ first: 0, next: 1, resets: 0 });
        const last = counts.length - 1;
        expect(look([...counts].reverse(), stepMs, true)).toEqual({ first: last, next: last - 1, resets: 0 });
        expect(
          look(
            counts.map((count) => -count),
            stepMs,
          ),
        ).toBeDefined();
      },
    ),
  );
});

test('a year of monthly counts is never taken for bills, and a used meter not after five', () => {
  const used = array(integer({ min: 1, max: 900 }), { minLength: 12, maxLength: 40 });
  assert(
    property(used, integer({ min: 0, max: 1e6 }), (steps, from) => look(sums(steps, from), 30 * dayMs) !== undefined),
  );
  const few = array(integer({ min: 1, max: 900 }), { minLength: 4, maxLength: 10 });
  assert(property(few, (steps) => look(sums(steps, 10_000), 30 * dayMs) !== undefined));
});

test('a load that goes up and down with the day is never taken for a count, however far its measuring goes', () => {
  assert(
    property(
      integer({ min: 0, max: 23 }),
      integer({ min: 24, max: 200 }),
      array(double({ min: 0.99, max: 1.01, noNaN: true }), { minLength: 200, maxLength: 200 }),
      (begin, rows, noise) => {
        const values = Array.from({ length: rows }, (_, at) => loadAt((begin + at) * hourMs) * (noise[at] ?? 1));
        return look(values, hourMs) === undefined;
      },
    ),
  );
});

test('a shop that wakes up for twenty hours is a load, a count over the same time is not', () => {
  const ramp = Array.from({ length: 20 }, (_, at) => 5 + 0.37 * at);
  expect(look(ramp, hourMs)).toBeUndefined();
  expect(look(sums(ramp, 41_000), hourMs)).toBeDefined();
});

test('a count that hardly moves is a count', () => {
  expect(look([41_283, 41_283, 41_283, 41_284, 41_284, 41_285], hourMs)).toMatchObject({ first: 2, next: 3 });
  expect(look([100, 100, 100, 101, 101, 102], hourMs)).toBeUndefined();
});

test('bills that grow for twenty months rise and fall with the days of their months', () => {
  const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const bills = Array.from({ length: 20 }, (_, at) => Math.round((days[at % 12] ?? 30) * 27 * 1.02 ** at));
  expect(look(bills, 30 * dayMs)).toBeUndefined();
  expect(look([612, 640, 702, 801, 930], 30 * dayMs)).toBeUndefined();
});

test('a count that rolls over, or of a meter that was replaced, is one', () => {
  const rolling = sums(
    Array.from({ length: 60 }, () => 3.7),
    99_900,
  ).map((count) => count % 100_000);
  expect(look(rolling, hourMs)).toMatchObject({ resets: 1 });
  expect(look(rolling, hourMs / 4)).toMatchObject({ resets: 1 });
});

test('a count that begins again every night is one, and the load of which it is the count is none', () => {
  const sun = Array.from({ length: 96 }, (_, at) => Math.max(0, -Math.cos((at / 24) * 2 * Math.PI)));
  let today = 0;
  const counts = sun.map((energy, at) => (today = at % 24 === 0 ? 0 : today + energy));
  expect(look(counts, hourMs)).toMatchObject({ resets: 3 });
  expect(look(sun, hourMs)).toBeUndefined();
  const charger = Array.from({ length: 200 }, (_, at) => (at % 24 > 17 && at % 24 < 21 ? 7.2 : 0));
  expect(look(charger, hourMs)).toBeUndefined();
});
