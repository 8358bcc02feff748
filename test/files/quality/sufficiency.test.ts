import { expect, test } from 'vitest';
import { findMissingBaseline, findSparseMonths } from '../../../src/files/quality/baseline.ts';
import { findBillSides, findOddBills } from '../../../src/files/quality/bill-rules.ts';
import { coverDays } from '../../../src/files/quality/daily-coverage.ts';
import { findShortEventBaselines, findUnmeasuredEvents } from '../../../src/files/quality/event-rules.ts';
import { findingsAt } from '../../../src/files/quality/findings-at.ts';
import { findQuality } from '../../../src/files/quality/find-quality.ts';
import type { Series } from '../../../src/files/quality/series.ts';
import { bills, dayMs, every, hourMs, seriesOf, times } from './series-of.ts';

const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);
const chicago = 'America/Chicago';
const covered = (series: Series) => coverDays(series.readings, series.zone);

/** Hours of local days from one date to another, both at local midnight. */
function hoursBetween(from: string, to: string) {
  const start = Date.parse(from);
  return every(start, hourMs, times((Date.parse(to) - start) / hourMs));
}

/** The year before 1 March 2024, a leap year, with both clock changes, in Chicago. */
const year = hoursBetween('2023-03-02T00:00-06:00', '2024-03-01T00:00-06:00');
const operated = {
  zone: chicago,
  subject: { operationDate: '2024-03-01', kind: 'electrification_eemetered' },
} as const;

test('days of 23 and 25 hours are whole days', () => {
  const coverage = covered(seriesOf(year, operated));
  expect([coverage.days, coverage.firstWall]).toEqual([365, Date.UTC(2023, 2, 2)]);
  expect(coverage.lengthMs(Date.UTC(2023, 2, 12))).toBe(23 * hourMs);
  expect(coverage.coveredMs(Date.UTC(2023, 2, 12))).toBe(23 * hourMs);
  expect(coverage.coveredMs(Date.UTC(2023, 10, 5))).toBe(25 * hourMs);
  expect(coverage.coveredMs(Date.UTC(2024, 2, 1))).toBe(0);
});

test('a reading over midnight counts to both days, and an overlap once', () => {
  const start = Date.parse('2024-02-28T20:00-06:00');
  const coverage = covered(
    seriesOf(
      [
        { start, end: start + 30 * hourMs },
        { start: start + hourMs, end: start + 5 * hourMs },
      ],
      { zone: chicago },
    ),
  );
  const days = [28, 29, 30].map((day) => coverage.coveredMs(Date.UTC(2024, 1, day)) / hourMs);
  expect(days).toEqual([4, 24, 2]);
  expect([coverage.hasData(Date.UTC(2024, 1, 28)), coverage.hasData(Date.UTC(2024, 1, 29))]).toEqual([false, true]);
});

test('37 missing days of the 365 before operation are allowed, 38 are not', () => {
  const from = (days: number) => {
    const series = seriesOf(year.slice(days * 24), operated);
    return findMissingBaseline(series, covered(series));
  };
  expect(from(0)).toEqual([]);
  // The hour that spring lacks is among the first 37 days: half a day is still there.
  expect(from(37)).toEqual([]);
  expect(from(38)).toMatchObject([
    { code: 'meter.baseline-days', data: { missing: 38, allowed: 37, from: '2023-03-02', to: '2024-03-01' } },
  ]);
});

test('a month with 90 % of its hours or less is told by its name', () => {
  const without = (hours: number) =>
    year.filter(({ start }) => {
      const from = Date.parse('2023-11-10T00:00-06:00');
      return start < from || start >= from + hours * hourMs;
    });
  const sparse = (hours: number) => {
    const series = seriesOf(without(hours), operated);
    return findSparseMonths(series, covered(series));
  };
  // November has 721 hours in Chicago.
  expect(sparse(72)).toEqual([]);
  expect(sparse(73)).toMatchObject([
    { code: 'meter.month-hours', data: { months: [{ month: '2023-11', percent: 89 }] } },
  ]);
});

test('daily readings have no hours to miss', () => {
  const days = every(Date.UTC(2023, 2, 2), dayMs, times(365)).filter((_, at) => at < 100 || at > 110);
  const series = seriesOf(days, { subject: operated.subject });
  expect(codes(findQuality(series, new Set()))).toEqual(['meter.gap', 'meter.after-today']);
});

const electrified = {
  kind: 'bills',
  subject: { operationDate: '2024-02-01', kind: 'energy_efficiency_eemetered' },
} as const;
const late = Date.UTC(2030, 0, 1);
const sidesAt = (series: Series, now: number) => {
  const found = findBillSides(series);
  return [
    ...found.filter(({ holds }) => holds === undefined),
    ...findingsAt(
      found.filter(({ holds }) => holds !== undefined),
      now,
    ),
  ];
};

test('twelve bills on each side are enough, and eleven are not', () => {
  const months = (from: string, count: number) => bills(from, times(count, 30));
  const before = (count: number) =>
    bills('2024-02-01', times(1, 0)).flatMap(({ start }) =>
      months(new Date(start - count * 30 * dayMs).toISOString().slice(0, 10), count),
    );
  const enough = seriesOf([...before(12), ...months('2024-02-01', 12)], electrified);
  expect(sidesAt(enough, late)).toEqual([]);
  const short = seriesOf([...before(11), ...months('2024-02-01', 11)], electrified);
  expect(codes(sidesAt(short, late))).toEqual(['meter.bills-before', 'meter.bills-after']);
  // A year has not passed: nobody can have twelve bills yet.
  expect(codes(sidesAt(short, Date.UTC(2025, 0, 15)))).toEqual(['meter.bills-before']);
});

test('six two-monthly bills are a year', () => {
  const series = seriesOf([...bills('2023-02-01', times(6, 60)), ...bills('2024-02-01', times(6, 60))], electrified);
  expect(findOddBills(series)).toEqual([]);
  expect(sidesAt(series, late)).toEqual([]);
});

test('the bill across the day of operation is named by its line, and takes part on no side', () => {
  const series = seriesOf(bills('2023-01-20', times(25, 31)), electrified);
  expect(sidesAt(series, late)).toMatchObject([
    { code: 'meter.bill-straddles', line: 14, data: { operationDate: '2024-02-01' } },
  ]);
});

test('bills on one side only speak for a wrong date; after operation only once bills could have come', () => {
  const all = bills('2020-01-01', times(24, 30));
  expect(codes(sidesAt(seriesOf(all, electrified), Date.UTC(2024, 2, 1)))).toEqual([]);
  expect(codes(sidesAt(seriesOf(all, electrified), late))).toEqual(['meter.bills-one-sided']);
  const early = { ...electrified, subject: { ...electrified.subject, operationDate: '2019-02-01' } };
  expect(codes(sidesAt(seriesOf(all, early), Date.UTC(2019, 3, 1)))).toEqual(['meter.bills-one-sided']);
});

test('bills shorter than 25 and longer than 35 days are left out', () => {
  const series = seriesOf(bills('2023-01-01', [...times(6, 30), 24, 25, 35, 36]), electrified);
  expect(findOddBills(series)).toMatchObject([
    { code: 'meter.bill-length', line: 8, data: { rows: 2, examples: [{ days: 24 }, { days: 36, line: 11 }] } },
  ]);
});

const eventAt = (time: string, hours = 4) => ({ start: Date.parse(time), end: Date.parse(time) + hours * hourMs });

test('an event needs 28 days with data before its own day', () => {
  const rows = hoursBetween('2025-07-01T00:00-05:00', '2025-09-01T00:00-05:00');
  const events = [eventAt('2025-07-28T16:00-05:00'), eventAt('2025-07-29T16:00-05:00')];
  const series = seriesOf(rows, { zone: chicago, subject: { events } });
  expect(findShortEventBaselines(series, covered(series))).toMatchObject([
    { code: 'events.baseline-short', data: { events: 1, examples: [{ start: '2025-07-28T21:00:00+00:00' }] } },
  ]);
  const holed = seriesOf(
    rows.filter((_, at) => at < 24 || at >= 48),
    { zone: chicago, subject: { events } },
  );
  expect(findShortEventBaselines(holed, covered(holed))).toMatchObject([{ data: { events: 2 } }]);
});

test('events before, after and in a gap of the data are outside it', () => {
  const rows = hoursBetween('2025-07-01T00:00Z', '2025-08-01T00:00Z').filter((_, at) => at !== 100);
  const events = [
    eventAt('2025-06-30T22:00Z'),
    eventAt('2025-07-03T00:00Z'),
    eventAt('2025-07-05T02:00Z'),
    eventAt('2025-07-31T20:00Z'),
    eventAt('2025-07-31T21:00Z'),
  ];
  expect(findUnmeasuredEvents(seriesOf(rows, { subject: { events } }))).toMatchObject([
    {
      code: 'events.outside-data',
      data: {
        events: 3,
        examples: [
          { start: '2025-06-30T22:00:00+00:00' },
          { start: '2025-07-05T02:00:00+00:00' },
          { start: '2025-07-31T21:00:00+00:00' },
        ],
      },
    },
  ]);
});

test('each kind of asset is asked for what its methodology needs, and no more', () => {
  const events = [eventAt('2025-07-05T16:00Z')];
  const rows = hoursBetween('2025-07-01T00:00Z', '2025-07-20T00:00Z');
  const asked = (kind: string | undefined) =>
    codes(findQuality(seriesOf(rows, { subject: { kind, operationDate: '2025-07-10', events } }), new Set()));
  expect(asked('electrification_eemetered')).toEqual(['meter.after-today', 'meter.baseline-days']);
  expect(asked('energy_efficiency_eemetered')).toEqual(['meter.after-today', 'meter.baseline-days']);
  expect(asked('demand_response_eemetered')).toEqual(['meter.after-today', 'events.baseline-short']);
  expect(asked('solar')).toEqual(['meter.after-today', 'meter.before-operation']);
  expect(asked('tracking_building')).toEqual(['meter.after-today']);
  expect(asked(undefined)).toEqual(['meter.after-today']);
  const monthly = seriesOf(bills('2024-01-01', times(3, 30)), {
    kind: 'bills',
    subject: { kind: 'demand_response_eemetered', events },
  });
  expect(codes(findQuality(monthly, new Set()))).toEqual(['meter.after-today', 'meter.bills-for-events']);
});
