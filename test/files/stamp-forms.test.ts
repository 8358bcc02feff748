import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { codesOf, readTexts } from './site-at.ts';

const read = async (lines: readonly string[], more: Partial<Meter> = {}, timezone: string | undefined = 'Etc/GMT') =>
  await readTexts([`${lines.join('\n')}\n`], { values: 'interval', ...more }, timezone);

const expected = ['2024-01-31T01:15:00+00:00,1', '2024-01-31T01:30:00+00:00,2', '2024-01-31T01:45:00+00:00,3'];

test.each([
  ['seconds since 1970', ['1706663700', '1706664600', '1706665500']],
  ['milliseconds since 1970', ['1706663700000', '1706664600000', '1706665500000']],
  ['31-Jan-2024', ['31-Jan-2024 01:15', '31-Jan-2024 01:30', '31-Jan-2024 01:45']],
  ['Jan 31, 2024', ['"Jan 31, 2024 1:15 AM"', '"Jan 31, 2024 1:30 AM"', '"Jan 31, 2024 1:45 AM"']],
  ['31 janvier 2024', ['31 janvier 2024 01:15', '31 janvier 2024 01:30', '31 janvier 2024 01:45']],
  ['20240131 0115', ['20240131 0115', '20240131 0130', '20240131 0145']],
  ['202401310115', ['202401310115', '202401310130', '202401310145']],
  ['two-digit years', ['1/31/24 1:15', '1/31/24 1:30', '1/31/24 1:45']],
  ['a weekday before', ['Wed 2024-01-31 01:15', 'Wed 2024-01-31 01:30', 'Wed 2024-01-31 01:45']],
  ['a weekday after', ['1/31/2024 1:15 (Wed)', '1/31/2024 1:30 (Wed)', '1/31/2024 1:45 (Wed)']],
  [
    'typographic quotes',
    ['\u201c2024-01-31 01:15\u201d', '\u201c2024-01-31 01:30\u201d', '\u201c2024-01-31 01:45\u201d'],
  ],
  ['text guards', ['="2024-01-31 01:15"', '="2024-01-31 01:30"', '="2024-01-31 01:45"']],
])('times as %s are read', async (_what, times) => {
  const found = await read(['time,kWh', ...times.map((time, at) => `${time},${String(at + 1)}`)]);
  expect(found.rows).toEqual(expected);
});

test.each([
  ['A to B', (a: string, b: string) => `2024-01-31 ${a} to 2024-01-31 ${b}`],
  ['A - B', (a: string, b: string) => `2024-01-31 ${a} - 2024-01-31 ${b}`],
  ['ISO intervals', (a: string, b: string) => `2024-01-31T${a}Z/2024-01-31T${b}Z`],
])('start and end in one field as %s', async (_what, field) => {
  const found = await read([
    'Period,kWh',
    `${field('01:15', '01:30')},1`,
    `${field('01:30', '01:45')},2`,
    `${field('01:45', '02:00')},3`,
  ]);
  expect(found.rows).toEqual(expected);
  expect(found.inferred[0]).toContain('both ends of the interval in one field');
});

test('start and end time in one field beside a date', async () => {
  const lines = [
    'Date,Time,kWh',
    '2024-01-31,01:15 - 01:30,1',
    '2024-01-31,01:30 - 01:45,2',
    '2024-01-31,01:45 - 02:00,3',
  ];
  expect((await read(lines)).rows).toEqual(expected);
});

test.each([
  ['numbers', (hour: number) => String(hour)],
  ['HE', (hour: number) => `HE ${String(hour)}`],
  ['HHMM', (hour: number) => `${String(hour).padStart(2, '0')}00`],
])('hours ending 1 to 24 as %s', async (_what, write) => {
  const rows = Array.from({ length: 24 }, (_, at) => `2024-01-31,${write(at + 1)},${String(at)}`);
  const found = await read(['Date,Hour Ending,kWh', ...rows]);
  expect(found.rows[0]).toBe('2024-01-31T00:00:00+00:00,0');
  expect(found.rows.at(-1)).toBe('2024-01-31T23:00:00+00:00,23');
});

test('two-digit years may come first, where days at the end count up', async () => {
  const days = Array.from({ length: 5 }, (_, at) => `24-01-0${String(at + 1)},${String(at)}`);
  expect((await read(['date,kWh', ...days])).rows.map((row) => row.slice(0, 10))[4]).toBe('2024-01-05');
});

test('a cell that is not of the form of its column is a bad row', async () => {
  expect(
    await codesOf(read(['time,kWh', '31-Jan-2024 01:15,1', '31-Jan-2024 01:30,1', '31-Jam-2024 01:45,1'])),
  ).toEqual(['meter.time-unreadable']);
});
