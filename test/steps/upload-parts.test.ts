import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Creation } from '../../src/domain/remote.ts';
import { cutInTwo } from '../../src/steps/halves.ts';
import { compareReadings, readSent, spanOf } from '../../src/steps/reading-likeness.ts';
import { findRefusedRow } from '../../src/steps/refused-row.ts';

const header = 'start_datetime,energy_kwh\n';

function fileOf(rows: readonly string[]): Creation {
  const bytes = new TextEncoder().encode(header + rows.join(''));
  const file = { name: 'a.csv', bytes, contentType: 'text/csv' } as const;
  return { operation: 'upload_meter_intervals', path: {}, fields: {}, file };
}

function row(hour: number, kwh = 1): string {
  return `${new Date(Date.UTC(2025, 0, 1, hour)).toISOString().slice(0, 19)}+00:00,${String(kwh)}\n`;
}

const textOf = ({ file }: Creation): string => Buffer.from(file?.bytes ?? []).toString('utf8');

test('a file is cut in two with nothing lost, each half with the header, at the start of a day where there is one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200), { minLength: 2 }), (hours) => {
      const rows = hours.toSorted((a, b) => a - b).map((hour) => row(hour));
      const halves = cutInTwo(fileOf(rows)) ?? [];
      expect(halves.map((half) => textOf(half.creation).slice(header.length)).join('')).toBe(rows.join(''));
      expect(halves.map((half) => textOf(half.creation).startsWith(header))).toEqual([true, true]);
      const [first = { rows: 0 }, second = { rows: 0 }] = halves;
      expect([first.rows > 0, second.rows > 0, first.rows + second.rows]).toEqual([true, true, rows.length]);
      const days = rows.map((one) => one.slice(0, 10));
      if (new Set(days).size > 1) expect(days[first.rows]).not.toBe(days[first.rows - 1]);
      else expect(first.rows).toBe(Math.floor(rows.length / 2));
    }),
  );
});

test('one row cannot be cut, nor can a file without any', () => {
  expect(cutInTwo(fileOf([row(0)]))).toBeUndefined();
  expect(cutInTwo(fileOf([]))).toBeUndefined();
});

test('the span of a file is from its first start to after its last', () => {
  const bytes = (rows: readonly string[]): Uint8Array => fileOf(rows).file?.bytes ?? new Uint8Array();
  expect(spanOf(bytes([row(0), row(1), row(5)]))).toEqual({
    start: Date.UTC(2025, 0, 1),
    end: Date.UTC(2025, 0, 1, 5) + 1000,
  });
  expect(spanOf(bytes([row(3)]))).toEqual({ start: Date.UTC(2025, 0, 1, 3), end: Date.UTC(2025, 0, 1, 3) + 1000 });
  expect(spanOf(bytes([]))).toBeUndefined();
  const bills = new TextEncoder().encode(
    'start_date,end_date,energy_kwh\n2024-01-01,2024-02-01,5\n2024-02-01,2024-03-01,6\n',
  );
  expect(spanOf(bills)).toEqual({ start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 2, 1) });
});

const sent = readSent(new TextEncoder().encode(header + [row(0, 1.2346), row(1, 7), row(2, 3)].join('')));
const there = sent.map(({ start, end, energy }) => ({ start, end, energy }));

test('what is there is the same, none of it, or something else that is told', () => {
  expect(compareReadings(sent, there, 'kWh')).toEqual({ kind: 'same' });
  // Rounded to three decimals by the API; a finer value elsewhere shows that it does not round.
  const [first, second, third] = there;
  if (!first || !second || !third) throw new Error('three readings');
  expect(compareReadings(sent, [{ ...first, energy: 1.235 }, second, third], 'kWh')).toEqual({ kind: 'same' });
  expect(
    compareReadings(sent, [{ ...first, energy: 1.235 }, second, { ...third, energy: 3.00001 }], 'kWh'),
  ).toMatchObject({ kind: 'other' });
  expect(compareReadings(sent, [], 'kWh')).toEqual({ kind: 'absent' });
  expect(compareReadings(sent, [first, third, third], 'kWh')).toEqual({
    kind: 'other',
    difference: 'of 3 readings 1 is missing (2025-01-01T01:00:00+00:00), 1 is there twice (2025-01-01T02:00:00+00:00)',
  });
  const between = { start: first.start + 60_000, end: undefined, energy: 1 };
  expect(compareReadings(sent, [...there, between], 'kWh')).toMatchObject({ kind: 'other' });
});

test.each([
  ['body.file.3: line 3: 7 is more than a meter can read', 1, 'energy'],
  ['body.file.rows.1: 7 is more than a meter can read', 1, 'energy'],
  ['Row 2: 7 is more than a meter can read', 1, 'energy'],
  ['line 4 of the file is out of order', 2, undefined],
  ['rows.1: "2025-01-01T01:00:00+00:00" is not a date and time', 1, 'start'],
  // Two ways to count in one sentence: the row whose cell is quoted is meant.
  ['body.file.2: Row 2: 7 is more than a meter can read', 1, 'energy'],
  // Digits inside other numbers and times quote nothing.
  ['row 3: 17.7 is too much at 07:07', 2, undefined],
] as const)('"%s" is row %i of ours', (said, at, cell) => {
  expect(findRefusedRow(said, sent)).toEqual({ row: sent[at], cell });
});

test('words without a row name none', () => {
  expect(findRefusedRow('The file cannot be used', sent)).toBeUndefined();
  expect(findRefusedRow('line 900: too long', sent)).toBeUndefined();
});
