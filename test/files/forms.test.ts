import { expect, test } from 'vitest';
import { recogniseColumn } from '../../src/files/csv/header-names.ts';
import { readNumber } from '../../src/files/values/number-cell.ts';
import { readStamp, wallOfDate } from '../../src/files/time/stamp.ts';

function iso(cell: string, order?: 'dmy' | 'mdy'): string | undefined {
  const stamp = readStamp(cell, order);
  if (stamp?.date === undefined) return undefined;
  const wall = wallOfDate(stamp.date, order ?? 'mdy') + (stamp.timeMs ?? 0) - (stamp.offsetMinutes ?? 0) * 60_000;
  return new Date(wall).toISOString();
}

test.each([
  ['2024-01-31T13:05:00-05:00', '2024-01-31T18:05:00.000Z'],
  ['2024-01-31 13:05:06+0530', '2024-01-31T07:35:06.000Z'],
  ['2024-01-31T13:05Z', '2024-01-31T13:05:00.000Z'],
  ['2024-01-31T13:05:00.000Z', '2024-01-31T13:05:00.000Z'],
  ['2024/1/31 3:05', '2024-01-31T03:05:00.000Z'],
  ['20240131', '2024-01-31T00:00:00.000Z'],
  ['1/31/2024 12:00 AM', '2024-01-31T00:00:00.000Z'],
  ['1/31/2024 12:30 PM', '2024-01-31T12:30:00.000Z'],
  ['1/31/2024 1:00:00\u202Fp.m.', '2024-01-31T13:00:00.000Z'],
  ['31.01.2024 24:00', '2024-02-01T00:00:00.000Z'],
  [' 2024-02-29 ', '2024-02-29T00:00:00.000Z'],
])('"%s" is %s', (cell, expected) => {
  expect(iso(cell)).toBe(expected);
});

test.each([
  '2024-02-30', '2023-02-29', '2024-13-01', '13/32/2024', 'hello 5', '1/31/24', '2024-01-01 25:00', '2024-01-01 24:30',
  '2024-01-01 13:00 PM', '2024-01-01T00:00:00-15:00', '1706659200', '2024-01-31x', '31-01.2024', '',
])('"%s" is no date', (cell) => {
  expect(iso(cell)).toBeUndefined();
}); // prettier-ignore

test('a set order wins over what the numbers allow', () => {
  expect(iso('03/04/2024', 'dmy')).toBe('2024-04-03T00:00:00.000Z');
  expect(iso('03/04/2024', 'mdy')).toBe('2024-03-04T00:00:00.000Z');
  expect(iso('31/04/2024', 'dmy')).toBeUndefined();
});

test.each([
  ['1.5', 1.5, Number.NaN],
  ['1,5', Number.NaN, 1.5],
  ['.145', 0.145, Number.NaN],
  ['-0.000', -0, Number.NaN],
  ['1,234', 1234, 1.234],
  ['1.234', 1.234, 1234],
  ['0.234', 0.234, Number.NaN],
  ['1,234.5', 1234.5, Number.NaN],
  ['1.234,5', Number.NaN, 1234.5],
  ['1 234,5', Number.NaN, 1234.5],
  ['1\u202F234', 1234, 1234],
  ['="42"', 42, 42],
  ["'42", 42, 42],
  ['\u201c42\u201d', 42, 42],
  ['\u22123', -3, -3],
  ['1.5E-3', 0.0015, Number.NaN],
  ['+7', 7, 7],
  ['12,34,56', Number.NaN, Number.NaN],
  ['1.2.3', Number.NaN, Number.NaN],
  ['1 2', Number.NaN, Number.NaN],
  ['5 kWh', Number.NaN, Number.NaN],
  ['0x10', Number.NaN, Number.NaN],
  ['Infinity', Number.NaN, Number.NaN],
])('%s is %d with a point and %d with a comma', (cell, point, comma) => {
  expect(readNumber(cell)).toEqual({ point, comma });
});

test.each(['', ' ', '-', '--', 'NaN', 'null', 'n/a', 'No consumption', 'NaNStt'])(
  '"%s" is missing, not zero',
  (cell) => {
    expect(readNumber(cell)).toBeUndefined();
  },
);

test.each([
  ['start_datetime', 'start', undefined],
  ['Interval Start', 'start', undefined],
  ['Beginn', 'start', undefined],
  ['Bill End Date', 'end', undefined],
  ['Hour Ending', 'end', undefined],
  ['Date/Time', 'stamp', undefined],
  ['Read Date', 'date', undefined],
  ['energy_kwh', 'value', 'kWh'],
  ['energy_wh', 'value', 'Wh'],
  ['Usage (Therms)', 'value', 'therm'],
  ['Verbrauch (kWh)', 'value', 'kWh'],
  ['Power (W)', 'value', 'W'],
  ['Consumption', 'value', undefined],
  ['Units', 'unit', undefined],
  ['Meter Number', 'meter', undefined],
  ['Estimated Cost ($)', undefined, undefined],
  ['Cost', undefined, undefined],
  ['Temperature', undefined, undefined],
  ['Time Zone', undefined, undefined],
])('the column "%s" holds %s in %s', (name, role, unit) => {
  const column = recogniseColumn(name);
  expect([column.role, column.unit]).toEqual([role, unit]);
});
