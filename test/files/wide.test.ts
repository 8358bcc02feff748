import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const newYork = 'America/New_York';
const csv = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const read = async (text: string, more: Partial<Meter> = {}, timezone: string | undefined = newYork) =>
  await readTexts([text], { values: 'interval', ...more }, timezone);

const numbers = (count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, at) => from + at);
const two = (number: number): string => String(number).padStart(2, '0');

/** `HH:MM` in UTC and value of each row. */
const brief = (rows: readonly string[]): readonly string[] =>
  rows.map((row) => `${row.slice(8, 16).replace('T', ' ')} ${row.split(',')[1] ?? ''}`);

/** The day in UTC hours from 05:00, as New York's winter has it. */
const plainDay = numbers(24).map(
  (hour) => `${two(10 + Math.floor((hour + 5) / 24))} ${two((hour + 5) % 24)}:00 ${String(hour + 1)}`,
);

test.each([
  ['00:00 ...', numbers(24).map((hour) => `${two(hour)}:00`)],
  ['1:00 ... 24:00', numbers(24, 1).map((hour) => `${String(hour)}:00`)],
  ['01:00 ... 00:00', numbers(24, 1).map((hour) => `${two(hour % 24)}:00`)],
  [
    '12:00 AM ...',
    numbers(24).map((hour) => `${String(hour % 12 === 0 ? 12 : hour % 12)}:00 ${hour < 12 ? 'AM' : 'PM'}`),
  ],
  [
    '1 AM ... 12 AM',
    numbers(24, 1).map((hour) => `${String(hour % 12 === 0 ? 12 : hour % 12)} ${hour % 24 < 12 ? 'AM' : 'PM'}`),
  ],
  ['HE01 ...', numbers(24, 1).map((hour) => `HE${two(hour)}`)],
  ['Hour 1 ...', numbers(24, 1).map((hour) => `Hour ${String(hour)}`)],
  ['Interval 1 ...', numbers(24, 1).map((hour) => `Interval ${String(hour)}`)],
  ['V1 ...', numbers(24, 1).map((hour) => `V${String(hour)}`)],
  ['00:00 - 01:00 ...', numbers(24).map((hour) => `${two(hour)}:00 - ${two((hour + 1) % 24)}:00`)],
])('a day a row under %s is its hours', async (_what, columns) => {
  const row = (day: string): string => `M1,${day},kWh,${numbers(24, 1).join(',')},300`;
  const found = await read(
    csv('House,9', '', `Meter,Date,Unit,${columns.join(',')},Total`, row('1/10/2025'), row('1/31/2025')),
  );
  expect(brief(found.rows).slice(0, 24)).toEqual(plainDay);
  expect(found.findings.map((finding) => finding.code)).toEqual(['meter.gap']);
  expect(found.inferred[0]).toContain('header on line 3, date in "Date", a day a row, 24 intervals from');
});

const half = numbers(48).map((slot) => `${two(Math.floor(slot / 2))}:${slot % 2 === 0 ? '00' : '30'}`);

test.each([
  [48, half],
  [96, numbers(96, 1).map((slot) => `V${String(slot)}`)],
  [288, numbers(288, 1)],
])('a day of %d intervals is whole', async (count, columns) => {
  const found = await read(csv(`Date,${columns.join(',')}`, `2025-01-10,${numbers(count).join(',')}`), { unit: 'kWh' });
  expect(found.rows).toHaveLength(count);
  expect(found.rows[1]).toBe(`2025-01-10T05:${two(1440 / count)}:00+00:00,1`);
  expect(found.rows.at(-1)).toMatch(new RegExp(`^2025-01-11T04:${two(60 - 1440 / count)}`));
});

const hours = numbers(24).map((hour) => `${two(hour)}:00`);
const spring = (value: string): string => `2025-03-09,0,1,${value},${numbers(21, 3).join(',')}`;

test('the hour that spring skips is blank or zero in its column; anything else is a bad row', async () => {
  const header = `Date,${hours.join(',')}`;
  for (const value of ['', '0', '0.00']) {
    const found = await read(csv(header, spring(value)), { unit: 'kWh' });
    expect(brief(found.rows).slice(0, 4)).toEqual(['09 05:00 0', '09 06:00 1', '09 07:00 3', '09 08:00 4']);
    expect(found.rows).toHaveLength(23);
  }
  expect(await problemsOf(read(csv(header, spring('7')), { unit: 'kWh' }))).toMatchObject([
    { code: 'meter.time-nonexistent', line: 2, column: 16, data: { cell: '7', column: '02:00' } },
  ]);
});

test('intervals that count on leave the last hour of spring blank', async () => {
  const header = `Date,${numbers(24, 1)
    .map((at) => `V${String(at)}`)
    .join(',')}`;
  const found = await read(csv(header, `2025-03-09,${numbers(23).join(',')},`), { unit: 'kWh' });
  expect(brief(found.rows).slice(0, 4)).toEqual(['09 05:00 0', '09 06:00 1', '09 07:00 2', '09 08:00 3']);
  const either = `2025-03-09,9,9,0,${numbers(20, 3).join(',')},0`;
  expect(await codesOf(read(csv(header, either), { unit: 'kWh' }))).toEqual(['meter.dst-order-unclear']);
});

const autumn = ['02 04:00 0', '02 05:00 1', '02 06:00 101', '02 07:00 2'];

test.each([
  ['marked beside it', [...hours.slice(0, 2), '01:00*', ...hours.slice(2)], [0, 1, 101, ...numbers(22, 2)]],
  ['named twice', [...hours.slice(0, 2), '01:00', ...hours.slice(2)], [0, 1, 101, ...numbers(22, 2)]],
  ['marked at the end', [...hours, '1:00 DST'], [...numbers(24), 101]],
  ['by its end', [...numbers(24, 1).map((hour) => `HE${two(hour)}`), 'HE02*'], [...numbers(24), 101]],
  ['counted on', numbers(25, 1).map((hour) => `HE${String(hour)}`), [0, 1, 101, ...numbers(22, 2)]],
])('the second pass of autumn has a column of its own: %s', async (_what, columns, row) => {
  const header = `Date,${columns.join(',')}`;
  const found = await read(csv(header, `2025-11-02,${row.join(',')}`), { unit: 'kWh' });
  expect(brief(found.rows).slice(0, 4)).toEqual(autumn);
  expect(found.rows).toHaveLength(25);
  expect(found.findings.filter(({ code }) => code.startsWith('meter.dst'))).toEqual([]);
});

test('an ordinary day has nothing in the column of the second pass', async () => {
  const header = `Date,${hours.join(',')},01:00*`;
  expect((await read(csv(header, `2025-01-10,${numbers(24).join(',')},0`), { unit: 'kWh' })).rows).toHaveLength(24);
  expect(await codesOf(read(csv(header, `2025-01-10,${numbers(24).join(',')},5`), { unit: 'kWh' }))).toEqual([
    'meter.time-nonexistent',
  ]);
});

test('an autumn day of 24 values has its doubled hour once, with a warning', async () => {
  const found = await read(csv(`Date,${hours.join(',')}`, `2025-11-02,${numbers(24).join(',')}`), { unit: 'kWh' });
  expect(brief(found.rows).slice(0, 3)).toEqual(['02 04:00 0', '02 05:00 1', '02 07:00 2']);
  expect(found.findings.map((finding) => finding.code)).toEqual(['meter.dst-hour-once', 'meter.gap']);
});

test('a day whose total is not its sum is told, and so is a cell that is no number', async () => {
  const header = `Date,${hours.join(',')},Daily Total`;
  const day = (date: string, total: number): string => `${date},${numbers(24).join(',')},${String(total)}`;
  const found = await read(csv(header, day('2025-01-10', 276), day('2025-01-11', 300)), { unit: 'kWh' });
  expect(found.findings).toMatchObject([{ code: 'meter.control-total', line: 3, data: { days: 1 } }]);
  const broken = day('2025-01-10', 276).replace(',5,', ',oops,');
  expect(await problemsOf(read(csv(header, broken), { unit: 'kWh' }))).toMatchObject([
    { code: 'meter.value-unreadable', line: 2, data: { cell: 'oops', column: '05:00' } },
  ]);
});

test('dates decide their order over the whole file, meters need select, footers are footers', async () => {
  const row = (meter: string, date: string): string => `${meter},${date},${numbers(24).join(',')}`;
  const header = `Meter,Date,${hours.join(',')}`;
  const found = await read(csv(header, row('A', '10/01/2025'), row('A', '13/01/2025'), 'Total,,'), { unit: 'kWh' });
  expect(found.rows[0]).toMatch(/^2025-01-10/);
  const both = csv(header, row('A', '10/01/2025'), row('B', '13/01/2025'));
  expect(await codesOf(read(both, { unit: 'kWh' }))).toEqual(['meter.several-meters']);
  expect((await read(both, { unit: 'kWh', select: { Meter: 'B' } })).rows).toHaveLength(24);
});

test('days of UTC are those of UTC, whatever the zone of the site', async () => {
  const hours = Array.from({ length: 24 }, (_, at) => `${String(at)}:00`).join(',');
  const values = Array.from({ length: 24 }, (_, at) => String(at)).join(',');
  const text = `Date (UTC),${hours}\n2025-03-09,${values}\n2025-03-10,${values}\n`;
  const found = await readTexts([text], { unit: 'kWh', values: 'interval' }, 'America/Chicago');
  expect(found.rows[0]).toBe('2025-03-09T00:00:00+00:00,0');
  expect(found.rows.at(-1)).toBe('2025-03-10T23:00:00+00:00,23');
  expect(found.rows).toHaveLength(48);
});
