import { expect, test } from 'vitest';
import { z } from 'zod';
import { findCadenceChanges } from '../../../src/files/quality/cadence-changes.ts';
import { findEstimated } from '../../../src/files/quality/estimated-share.ts';
import { findGaps } from '../../../src/files/quality/gaps.ts';
import { findOverlaps } from '../../../src/files/quality/overlaps.ts';
import { bills, dayMs, every, hourMs, seriesOf, times } from './series-of.ts';

const start = Date.UTC(2025, 0, 1);
const hours = (from: number, count: number) => every(start + from * hourMs, hourMs, times(count));

test('gaps are counted and added up, and the longest come first', () => {
  const series = seriesOf([...hours(0, 2), ...hours(3, 2), ...hours(10, 1), ...hours(12, 1)]);
  expect(findGaps(series)).toEqual([
    {
      severity: 'warning',
      code: 'meter.gap',
      message:
        '3 gaps with 7 hours missing in all; the first from 2025-01-01T02:00:00+00:00 to 2025-01-01T03:00:00+00:00',
      file: 'a.csv',
      line: 4,
      data: {
        gaps: 3,
        missingMs: 7 * hourMs,
        firstFrom: '2025-01-01T02:00:00+00:00',
        firstTo: '2025-01-01T03:00:00+00:00',
        longest: [
          { from: '2025-01-01T05:00:00+00:00', to: '2025-01-01T10:00:00+00:00', line: 6 },
          { from: '2025-01-01T02:00:00+00:00', to: '2025-01-01T03:00:00+00:00', line: 4 },
          { from: '2025-01-01T11:00:00+00:00', to: '2025-01-01T12:00:00+00:00', line: 7 },
        ],
      },
    },
  ]);
  expect(findGaps(seriesOf(hours(0, 48)))).toEqual([]);
});

test('of a thousand gaps the twenty longest are named', () => {
  let from = start;
  const rows = Array.from({ length: 1001 }, (_, at) => {
    const row = { start: from, end: from + hourMs };
    from += hourMs * (at % 97 === 5 ? 1 + at : 2);
    return row;
  });
  const [finding] = findGaps(seriesOf(rows));
  expect(finding?.data).toMatchObject({ gaps: 1000 });
  const { longest: gaps } = z
    .object({ longest: z.array(z.object({ from: z.string(), to: z.string() })) })
    .parse(finding?.data);
  const longest = gaps.map((gap) => Date.parse(gap.to) - Date.parse(gap.from));
  expect(longest).toHaveLength(5);
  expect(longest).toEqual(longest.toSorted((a, b) => b - a));
  expect(longest[0]).toBe(975 * hourMs);
});

test('a long reading over short ones is an overlap for each, and hides no gap behind it', () => {
  const long = { start, end: start + 5 * hourMs };
  const series = seriesOf([long, ...hours(1, 2), ...hours(6, 1)]);
  expect(findOverlaps(series)).toMatchObject([
    { code: 'meter.overlap', line: 3, data: { rows: 2, overlapMs: 2 * hourMs } },
  ]);
  expect(findGaps(series)).toMatchObject([{ data: { gaps: 1, missingMs: hourMs } }]);
});

test('a cadence that changes is noticed both ways; a gap and a slip are none', () => {
  const quarter = hourMs / 4;
  const finer = every(start + 24 * hourMs, quarter, times(96));
  const series = seriesOf([...hours(0, 24), ...finer, ...hours(48, 24)]);
  expect(findCadenceChanges(series)).toMatchObject([
    {
      code: 'meter.cadence-change',
      data: {
        changes: 2,
        examples: [
          { start: '2025-01-02T00:00:00+00:00', fromMs: hourMs, toMs: quarter },
          { start: '2025-01-03T00:00:00+00:00', fromMs: quarter, toMs: hourMs },
        ],
      },
    },
  ]);
  expect(findCadenceChanges(seriesOf([...hours(0, 24), ...hours(30, 24), ...hours(54.5, 24)]))).toEqual([]);
});

test('days of 23 and 25 hours, and months of bills, keep their cadence', () => {
  const lengths = [...times(20, 24), 23, ...times(20, 24), 25, ...times(20, 24)];
  let from = start;
  const days = lengths.map((length) => ({ start: from, end: (from += length * hourMs) }));
  expect(findCadenceChanges(seriesOf(days))).toEqual([]);
  expect(findCadenceChanges(seriesOf(bills('2024-01-01', times(30, 30)), { kind: 'bills' }))).toEqual([]);
});

test('a tenth of estimates is allowed in intervals, more is not; of bills, none', () => {
  const rows = (count: number) =>
    hours(0, 100).map((row, at) => ({
      ...row,
      quality: at < count ? ('substituted' as const) : ('validated' as const),
    }));
  expect(findEstimated(seriesOf(rows(10)))).toEqual([]);
  expect(findEstimated(seriesOf(rows(11)))).toMatchObject([
    { code: 'meter.estimated', data: { rows: 11, share: 0.11 } },
  ]);
  const one = bills('2024-01-01', times(24, 30)).map((row, at) =>
    at === 5 ? { ...row, quality: 'estimated' as const } : row,
  );
  expect(findEstimated(seriesOf(one, { kind: 'bills' }))).toMatchObject([{ line: 7, data: { rows: 1 } }]);
  expect(one[5]?.end).toBe(Date.UTC(2024, 0, 1) + 180 * dayMs);
});
