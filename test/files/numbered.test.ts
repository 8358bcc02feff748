import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { problemsOf, readTexts } from './site-at.ts';

const newYork = 'America/New_York';
const value = (at: number): string => String(((at * 7) % 11) + 1);
const read = async (lines: readonly string[], more: Partial<Meter> = {}, timezone = newYork) =>
  await readTexts([`${lines.join('\n')}\n`], more, timezone);

/** Rows of some days; `numbers` gives those of a day. */
const days = (dates: readonly string[], numbers: (date: string) => readonly (number | string)[]): readonly string[] =>
  dates.flatMap((date) => numbers(date).map((number, at) => `${date},${String(number)},${value(at)}`));
const upTo = (count: number, first = 1): readonly number[] => Array.from({ length: count }, (_, at) => at + first);

const spring = ['2025-03-08', '2025-03-09', '2025-03-10'];
const autumn = ['2024-11-02', '2024-11-03', '2024-11-04'];

/** True where readings follow each other without a hole, from one instant up to another. */
function expectWhole(rows: readonly string[], from: string, until: string, minutes: number): void {
  const starts = rows.map((row) => Date.parse(row.slice(0, 25)));
  const count = (Date.parse(until) - Date.parse(from)) / (minutes * 60_000);
  expect(starts).toEqual(Array.from({ length: count }, (_, at) => Date.parse(from) + at * minutes * 60_000));
}

test.each([
  ['1 to 24', 'Hour', (date: string) => (date === '2025-03-09' ? upTo(24).filter((hour) => hour !== 3) : upTo(24))],
  ['0 to 23', 'Hour', (date: string) => (date === '2025-03-09' ? upTo(24, 0).filter((hour) => hour !== 2) : upTo(24, 0))],
  ['1 to 23, counted on', 'Hour', (date: string) => upTo(date === '2025-03-09' ? 23 : 24)],
  ['HE01 to HE24', 'HE', (date: string) => upTo(24).filter((hour) => date !== '2025-03-09' || hour !== 3).map((hour) => `HE${String(hour).padStart(2, '0')}`)],
])('hours numbered %s leave out the one that spring skips', async (_what, name, numbers) => {
  const { rows, findings } = await read([`Date,${name},kWh`, ...days(spring, numbers)]);
  expectWhole(rows, '2025-03-08T05:00Z', '2025-03-11T04:00Z', 60);
  expect(findings).toEqual([]);
}); // prettier-ignore

const doubled = (mark: string) => (date: string) => (date === '2024-11-03' ? [1, 2, mark, ...upTo(22, 3)] : upTo(24));

test.each([
  ['a 25th hour', (date: string) => upTo(date === '2024-11-03' ? 25 : 24)],
  ['02*', doubled('02*')],
  ['2X', doubled('2X')],
  ['the same number again', doubled('2')],
])('the doubled hour of autumn is read: %s', async (_what, numbers) => {
  const lines = days(autumn, numbers);
  const { rows } = await read(['Date,Hour Ending,kWh', ...lines]);
  expectWhole(rows, '2024-11-02T04:00Z', '2024-11-05T05:00Z', 60);
  // In the order of the day: the second pass is the third hour.
  expect(rows[24 + 2]).toBe(`2024-11-03T06:00:00+00:00,${value(2)}`);
  const newestFirst = await read(['Date,Hour Ending,kWh', ...lines.toReversed()]);
  expect(newestFirst.rows).toEqual(rows);
});

test('the doubled hour that comes once is told', async () => {
  const { rows, findings } = await read(['Date,Hour,kWh', ...days(autumn, () => upTo(24))]);
  expect(rows).toHaveLength(72);
  expect(findings).toMatchObject([{ code: 'meter.dst-hour-once', line: 26 }, { code: 'meter.gap' }]);
});

test.each([
  ['2025-03-29', '2025-03-30', '2025-03-31', 46, '2025-03-29T00:00Z', '2025-03-31T23:00Z'],
  ['2025-10-25', '2025-10-26', '2025-10-27', 50, '2025-10-24T23:00Z', '2025-10-28T00:00Z'],
])('settlement periods count on through the change of clocks on %s', async (a, b, c, count, from, until) => {
  const lines = days([a, b, c], (date) => upTo(date === b ? count : 48));
  const { rows, inferred } = await read(['Settlement Date,Settlement Period,kWh', ...lines], {}, 'Europe/London');
  expectWhole(rows, from, until, 30);
  expect(inferred[0]).toContain('intervals numbered in "Settlement Period"');
});

test('periods up to 96 are quarter hours', async () => {
  const { rows } = await read(['Date,Interval,kWh', ...days(['2025-01-04', '2025-01-05'], () => upTo(96))]);
  expectWhole(rows, '2025-01-04T05:00Z', '2025-01-06T05:00Z', 15);
});

test('hours that may be starts or ends are refused, and stamp decides', async () => {
  const lines = ['Date,Hour,kWh', ...days(['2025-01-14', '2025-01-15'], () => upTo(6, 9))];
  const [problem] = await problemsOf(read(lines));
  expect(problem).toMatchObject({ code: 'meter.stamp-ambiguous' });
  expect(problem?.message).toMatch(/stamp: start.*stamp: end/);
  expect((await read(lines, { stamp: 'start' })).rows[0]).toMatch(/^2025-01-14T14/);
  expect((await read(lines, { stamp: 'end' })).rows[0]).toMatch(/^2025-01-14T13/);
});

test('periods that do not say how many a day has are refused, and interval decides', async () => {
  const lines = ['Date,Period,kWh', ...days(['2025-01-14', '2025-01-15'], () => upTo(30))];
  expect(await problemsOf(read(lines))).toMatchObject([{ code: 'meter.interval-unknown' }]);
  expect((await read(lines, { interval: 'PT30M' })).rows[1]).toMatch(/^2025-01-14T05:30/);
});

test('a number that is none, or that its day does not have, is told at its line', async () => {
  const lines = days(['2025-01-14', '2025-01-15'], () => upTo(24));
  const bad = ['Date,Hour,kWh', ...lines.with(30, '2025-01-15,seven,4')];
  expect(await problemsOf(read(bad))).toMatchObject([{ code: 'meter.time-unreadable', line: 32 }]);
  expect((await read(bad, { onBadRow: 'quarantine' })).rows).toHaveLength(47);
  const beyond = ['Date,Hour,kWh', ...lines, '2025-01-15,25,4'];
  expect(await problemsOf(read(beyond))).toMatchObject([{ code: 'meter.time-nonexistent', line: 50 }]);
  const skipped = ['Date,Hour,kWh', ...days(spring, () => upTo(24))];
  expect(await problemsOf(read(skipped))).toMatchObject([{ code: 'meter.time-nonexistent', line: 28 }]);
});

test('a column of minutes beside a date is no column of numbers', async () => {
  const lines = ['2025-01-14', '2025-01-15', '2025-01-16'].map((date, at) => `${date},60,${value(at)}`);
  expect((await read(['Date,Interval,kWh', ...lines])).rows).toHaveLength(3);
});

test('a zone in the name of the numbers is held against the site', async () => {
  const lines = ['Date,Hour Ending (CPT),kWh', ...days(['2025-01-14', '2025-01-15'], () => upTo(24))];
  expect(await problemsOf(read(lines))).toMatchObject([{ code: 'meter.zone-differs' }]);
  expect((await read(lines, {}, 'America/Chicago')).rows).toHaveLength(48);
  const fixed = ['Date,Hour Ending (EST),kWh', ...days(['2025-07-14', '2025-07-15'], () => upTo(24))];
  expect(await problemsOf(read(fixed))).toMatchObject([{ code: 'meter.zone-ambiguous' }]);
  expect((await read(fixed, { timezone: 'Etc/GMT+5' })).rows[0]).toMatch(/^2025-07-14T05/);
});

test('days of numbered hours follow one another by a day, not by a month', async () => {
  const dates = upTo(4).map((date) => `11/0${String(date)}/2025`);
  const { rows } = await read(['Date,Hour,kWh', ...days(dates, () => upTo(24))], {}, 'America/Phoenix');
  expectWhole(rows, '2025-11-01T07:00Z', '2025-11-05T07:00Z', 60);
});
