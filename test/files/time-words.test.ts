import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const hours = Array.from({ length: 24 }, (_, hour) => hour);
const twelve = (hour: number): string => String(hour % 12 || 12);
const half = (hour: number): string => (hour < 12 ? 'AM' : 'PM');

const read = async (lines: readonly string[], more: Partial<Meter> = {}, timezone = 'America/New_York') =>
  await readTexts([`${lines.join('\n')}\n`], more, timezone);
const value = (hour: number): string => String((hour * 7) % 11);
const day = hours
  .map((hour) => `2025-01-15T${String(hour + 5).padStart(2, '0')}:00:00+00:00,${value(hour)}`)
  .slice(0, 19);

test.each<[string, string, (hour: number) => string]>([
  ['12am', 'Time,kWh', (hour) => `1/15/2025 ${twelve(hour)}${half(hour).toLowerCase()}`],
  ['12 AM', 'Time,kWh', (hour) => `1/15/2025 ${twelve(hour)} ${half(hour)}`],
  ['12 a.m.', 'Date,Time,kWh', (hour) => `1/15/2025,${twelve(hour)} ${hour < 12 ? 'a.m.' : 'p.m.'}`],
  ['12:00a', 'Date,Time,kWh', (hour) => `1/15/2025,${twelve(hour)}:00${hour < 12 ? 'a' : 'p'}`],
  ['AM in a column', 'Date,Time,AM/PM,kWh', (hour) => `1/15/2025,${twelve(hour)}:00,${half(hour)}`],
  ['AM in a column without a name', 'Date,Time,,kWh', (hour) => `1/15/2025,${twelve(hour)}:00,${half(hour)}`],
  ['AM beside one column of both', 'Time,AM/PM,kWh', (hour) => `1/15/2025 ${twelve(hour)}:00:00,${half(hour)}`],
  ['AM beside a bare hour', 'Date,Hour,AM/PM,kWh', (hour) => `1/15/2025,${twelve(hour)},${half(hour)}`],
])('%s is read', async (_what, header, write) => {
  const { rows } = await read([header, ...hours.map((hour) => `${write(hour)},${value(hour)}`)]);
  expect(rows).toHaveLength(24);
  expect(rows.slice(0, 19)).toEqual(day);
});

test('start and end have each their own AM and PM', async () => {
  const lines = hours.map((hour) => {
    const next = (hour + 1) % 24;
    return `1/15/2025,${twelve(hour)}:00,${half(hour)},${twelve(next)}:00,${half(next)},${value(hour)}`;
  });
  const { rows } = await read(['Date,Start Time,AM/PM,End Time,AM/PM,kWh', ...lines]);
  expect(rows.slice(0, 19)).toEqual(day);
});

test('a time of day beyond twelve stays what it is', async () => {
  const lines = hours.map((hour) => `1/15/2025,${String(hour).padStart(2, '0')}:00,${half(hour)},${value(hour)}`);
  const { rows } = await read(['Date,Time,AM/PM,kWh', ...lines.slice(13)]);
  expect(rows[0]).toBe('2025-01-15T18:00:00+00:00,3');
});

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const full = ['January', 'February', 'March', 'April'];
const two = (number: number): string => String(number).padStart(2, '0');

test.each<[string, string, (month: number) => string]>([
  ['2024-01', 'Month,Usage (kWh)', (month) => `2024-${two(month)}`],
  ['2024/1', 'Month,Usage (kWh)', (month) => `2024/${String(month)}`],
  ['01/2024', 'Billing Month,kWh', (month) => `${two(month)}/2024`],
  ['Jan 2024', 'Month,Usage (kWh)', (month) => `${names[month - 1] ?? ''} 2024`],
  ['January 2024', 'Month,Usage (kWh)', (month) => `${full[month - 1] ?? ''} 2024`],
  ['Jan-24', 'Month,Usage (kWh)', (month) => `${names[month - 1] ?? ''}-24`],
  ['2024 Jan, named a date', 'Date,Usage (kWh)', (month) => `2024 ${names[month - 1] ?? ''}`],
  ['a year and a number', 'Year,Month,kWh', (month) => `2024,${String(month)}`],
  ['a month and a year', 'Month,Year,kWh', (month) => `${names[month - 1] ?? ''},2024`],
  ['first days', 'Month,kWh', (month) => `2024-${two(month)}-01`],
  ['first days, month first', 'Month,kWh', (month) => `${String(month)}/1/2024`],
  ['first days, day first', 'Month,kWh', (month) => `01/${two(month)}/2024`],
])('a month is a bill: %s', async (_what, header, write) => {
  const lines = [4, 1, 2, 3].map((month) => `${write(month)},${String(600 - 7 * ((month * 5) % 4))}`);
  const found = await read([header, ...lines, 'Total,']);
  expect(found.rows).toEqual([
    '2024-01-01,2024-02-01,593',
    '2024-02-01,2024-03-01,586',
    '2024-03-01,2024-04-01,579',
    '2024-04-01,2024-05-01,600',
  ]);
  expect(found.inferred[0]).toContain('4 bills, end dates exclusive');
});

test('December is followed by January', async () => {
  const { rows } = await read(['Month,kWh', 'Dec-23,4', 'Jan-24,5']);
  expect(rows).toEqual(['2023-12-01,2024-01-01,4', '2024-01-01,2024-02-01,5']);
});

test('numbers that differ from row to row beside a month are days, not years', async () => {
  const codes = await codesOf(read(['Date,kWh', 'Jan-24,5', 'Jan-25,4', 'Jan-26,5', 'Jan-27,9', 'Jan-28,3']));
  expect(codes[0]).toBe('meter.time-unreadable');
});

test('a month that is none is told at its line', async () => {
  const problems = await problemsOf(read(['Month,kWh', '2024-11,5', '2024-12,4', '2024-13,5', '2025-01,9']));
  expect(problems[0]).toMatchObject({ code: 'meter.time-unreadable', line: 4, data: { cell: '2024-13' } });
});
