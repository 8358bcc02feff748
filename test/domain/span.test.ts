import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alignSpan,
  cutSpan,
  intersectSpans,
  mergeSpans,
  monthOf,
  monthsOf,
  subtractSpans,
  type Span,
} from '../../src/domain/span.ts';

const dayMs = 86_400_000;
const year2025: Span = { start: Date.UTC(2025, 0, 1), end: Date.UTC(2026, 0, 1) };

const span = (max = 60): fc.Arbitrary<Span> =>
  fc.record({ start: fc.integer({ min: 0, max }), end: fc.integer({ min: 0, max }) });
const spans = fc.array(span(), { maxLength: 8 });

/** The whole numbers in a span: small spans are checked point by point. */
function pointsIn(...spans: readonly Span[]): readonly number[] {
  const points = new Set<number>();
  for (const { start, end } of spans) for (let point = Math.ceil(start); point < end; point += 1) points.add(point);
  return [...points].sort((a, b) => a - b);
}

function expectSortedApart(spans: readonly Span[], gap: 'gap' | 'touching'): void {
  for (const [index, { start, end }] of spans.entries()) {
    expect(start).toBeLessThan(end);
    const next = spans[index + 1];
    if (next && gap === 'gap') expect(end).toBeLessThan(next.start);
    if (next && gap === 'touching') expect(end).toBeLessThanOrEqual(next.start);
  }
}

describe('merging', () => {
  test('keeps exactly the points there were, in the fewest spans', () => {
    fc.assert(
      fc.property(spans, (some) => {
        const merged = mergeSpans(some);
        expect(pointsIn(...merged)).toEqual(pointsIn(...some));
        expectSortedApart(merged, 'gap');
        expect(mergeSpans(merged)).toEqual(merged);
      }),
    );
  });

  test('leaves its argument as it was', () => {
    const given = [
      { start: 5, end: 9 },
      { start: 1, end: 6 },
    ];
    mergeSpans(given);
    expect(given).toEqual([
      { start: 5, end: 9 },
      { start: 1, end: 6 },
    ]);
  });
});

describe('subtracting', () => {
  test('leaves exactly the wanted points that are not covered', () => {
    fc.assert(
      fc.property(span(), spans, (wanted, covered) => {
        const left = subtractSpans(wanted, covered);
        const gone = new Set(pointsIn(...covered));
        expect(pointsIn(...left)).toEqual(pointsIn(wanted).filter((point) => !gone.has(point)));
        expectSortedApart(left, 'gap');
      }),
    );
  });

  test('what is left and what is covered make up the wanted again', () => {
    fc.assert(
      fc.property(span(), spans, (wanted, covered) => {
        const shared = covered.flatMap((one) => intersectSpans(wanted, one) ?? []);
        expect(mergeSpans([...subtractSpans(wanted, covered), ...shared])).toEqual(mergeSpans([wanted]));
      }),
    );
  });
});

test('two spans share the points that are in both', () => {
  fc.assert(
    fc.property(span(), span(), (one, other) => {
      const shared = intersectSpans(one, other);
      const inOther = new Set(pointsIn(other));
      expect(shared ? pointsIn(shared) : []).toEqual(pointsIn(one).filter((point) => inOther.has(point)));
    }),
  );
});

describe('aligning', () => {
  test('keeps exactly the grid points of the span', () => {
    fc.assert(
      fc.property(span(500), fc.integer({ min: 1, max: 40 }), (off, gridMs) => {
        const onGrid = (point: number): boolean => point % gridMs === 0;
        const aligned = alignSpan(off, gridMs);
        expect(onGrid(aligned.start) && onGrid(aligned.end)).toBe(true);
        expect(pointsIn(aligned).filter(onGrid)).toEqual(pointsIn(off).filter(onGrid));
      }),
    );
  });

  test('keeps neighbours neighbours, so that no point is asked twice or forgotten', () => {
    expect(alignSpan({ start: 180_000, end: 600_001 }, 300_000)).toEqual({ start: 300_000, end: 900_000 });
    expect(alignSpan({ start: 600_001, end: 1_200_000 }, 300_000)).toEqual({ start: 900_000, end: 1_200_000 });
  });

  test('makes a span without a grid point empty', () => {
    const { start, end } = alignSpan({ start: 1, end: 299_999 }, 300_000);
    expect(end - start).toBe(0);
  });
});

describe('cutting', () => {
  test('gives bounded neighbours, in order, as few as can be, that make up the span', () => {
    fc.assert(
      fc.property(span(500), fc.integer({ min: 1, max: 100 }), (whole, maxMs) => {
        const pieces = cutSpan(whole, maxMs);
        expectSortedApart(pieces, 'touching');
        expect(mergeSpans(pieces)).toEqual(mergeSpans([whole]));
        expect(pieces.every(({ start, end }) => end - start <= maxMs)).toBe(true);
        expect(pieces).toHaveLength(Math.ceil(Math.max(0, whole.end - whole.start) / maxMs));
      }),
    );
  });

  test('a year is 12 requests of at most 32 days', () => {
    const pieces = cutSpan(year2025, 32 * dayMs);
    expect(pieces).toHaveLength(12);
    expect(pieces[0]).toEqual({ start: year2025.start, end: year2025.start + 32 * dayMs });
    expect(pieces.at(-1)?.end).toBe(year2025.end);
  });

  test('exactly 32 days are one request', () => {
    expect(cutSpan({ start: 0, end: 32 * dayMs }, 32 * dayMs)).toHaveLength(1);
    expect(cutSpan({ start: 0, end: 32 * dayMs + 1 }, 32 * dayMs)).toHaveLength(2);
  });

  test('refuses pieces of no length instead of cutting for ever', () => {
    for (const maxMs of [0, -1, Number.NaN]) expect(() => cutSpan({ start: 0, end: 1 }, maxMs)).toThrow(RangeError);
  });
});

describe('months', () => {
  test('cut a span at each UTC month and nowhere else', () => {
    const instant = fc.integer({ min: Date.UTC(1999, 0), max: Date.UTC(2040, 0) });
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 800 * dayMs }), (start, lengthMs) => {
        const months = monthsOf({ start, end: start + lengthMs });
        expectSortedApart(months, 'touching');
        expect(mergeSpans(months)).toEqual(mergeSpans([{ start, end: start + lengthMs }]));
        for (const { month, start, end } of months) {
          expect(monthOf(start)).toBe(month);
          expect(monthOf(end - 1)).toBe(month);
        }
        expect(new Set(months.map(({ month }) => month)).size).toBe(months.length);
      }),
    );
  });

  test('follow the calendar over a leap day and a new year', () => {
    expect(monthsOf({ start: Date.UTC(2023, 11, 31, 23), end: Date.UTC(2024, 2, 1) })).toEqual([
      { month: '2023-12', start: Date.UTC(2023, 11, 31, 23), end: Date.UTC(2024, 0, 1) },
      { month: '2024-01', start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 1, 1) },
      { month: '2024-02', start: Date.UTC(2024, 1, 1), end: Date.UTC(2024, 2, 1) },
    ]);
  });
});
