import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findGaps } from '../../src/domain/moer.ts';

test('the gaps are the grid points that did not come, whatever the span and the period', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(300, 3600),
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.func(fc.boolean()),
      (periodSeconds, startMinute, minutes, comes) => {
        const asked = { start: startMinute * 60_000, end: (startMinute + minutes) * 60_000 };
        const periodMs = periodSeconds * 1000;
        const grid: number[] = [];
        for (let time = 0; time < asked.end; time += periodMs) if (time >= asked.start) grid.push(time);
        const points = grid.filter((time) => comes(time)).map((time) => ({ time, value: 1 }));
        const { full, gaps } = findGaps(asked, {
          points: [{ time: -periodMs, value: 1 }, ...points, { time: asked.end + periodMs, value: 1 }],
          periodSeconds,
        });
        expect(full).toBe(grid.length);
        const inGaps = grid.filter((time) => gaps.some(({ start, end }) => time >= start && time < end));
        expect(inGaps).toEqual(grid.filter((time) => !comes(time)));
        expect(gaps.reduce((sum, { start, end }) => sum + (end - start) / periodMs, 0)).toBe(inGaps.length);
      },
    ),
  );
});
