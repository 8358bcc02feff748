import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeSpans, type Span } from '../../src/domain/span.ts';
import { planAsks } from '../../src/store/plan-asks.ts';
import type { AnsweredSpan } from '../../src/store/settled.ts';
import { at, dayMs, minuteMs } from './store-at.ts';

const nowMs = at('2025-06-30T12:02Z');
const revisionsMs = 7 * dayMs;
const chunkMs = 32 * dayMs;
const epochMs = at('2025-01-01');
const models = [undefined, '2022-10-01', '2023-03-01'];

/** Answers one after another in time, as the ledger keeps them, and which model each was of. */
const answers: fc.Arbitrary<readonly AnsweredSpan[]> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 40 * 24 * 60 }),
      minutes: fc.integer({ min: 1, max: 40 * 24 * 60 }),
      age: fc.integer({ min: 0, max: 60 * 24 * 60 }),
      points: fc.constantFrom(0, 7),
      model: fc.constantFrom(...models),
    }),
    { maxLength: 6 },
  )
  .map((rows) => {
    let end = epochMs;
    return rows.map(({ gap, minutes, age, points, model }) => {
      const start = end + gap * minuteMs;
      end = start + minutes * minuteMs;
      return { start, end, askedAt: nowMs - age * minuteMs, points, model };
    });
  });

function pointsOf(spans: readonly Span[], periodMs: number): readonly number[] {
  return spans.flatMap(({ start, end }) => {
    const points: number[] = [];
    for (let time = Math.ceil(start / periodMs) * periodMs; time < end; time += periodMs) points.push(time);
    return points;
  });
}

test('facts 1 and 2: requests are the missing points, none twice, each of at most 32 days less a period, and as few as can be', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(300, 3600, undefined),
      fc.integer({ min: -10 * 24 * 60, max: 170 * 24 * 60 }),
      fc.integer({ min: 0, max: 200 * 24 * 60 }),
      answers,
      (periodSeconds, from, minutes, spans) => {
        const periodMs = (periodSeconds ?? 300) * 1000;
        const start = epochMs + from * minuteMs;
        const wanted = { start, end: Math.min(start + minutes * minuteMs, nowMs) };
        const rule = { nowMs, revisionsMs, chunkMs, askedInRun: [], hasFile: () => true };
        const asks = planAsks(wanted, { periodSeconds, spans }, rule);

        const newest = spans
          .filter(({ model, askedAt }) => model !== undefined && askedAt > 0)
          .toSorted((a, b) => b.askedAt - a.askedAt)[0]?.model;
        const isSettled = (time: number): boolean =>
          spans.some(
            (answer) =>
              time >= answer.start &&
              time < answer.end &&
              (answer.model === undefined || answer.model === newest) &&
              time < answer.askedAt - revisionsMs,
          );
        const missing = pointsOf([wanted], periodMs).filter((time) => !isSettled(time));
        expect(pointsOf(asks, periodMs)).toEqual(missing);

        let fewest = 0;
        for (const stretch of mergeSpans(missing.map((time) => ({ start: time, end: time + periodMs })))) {
          fewest += Math.ceil((stretch.end - stretch.start) / chunkMs);
        }
        expect(asks).toHaveLength(fewest);
        for (const ask of asks) {
          // The last point that is asked for is a period before the end.
          const last = ask.end - periodMs;
          expect(last - ask.start).toBeLessThanOrEqual(chunkMs - periodMs);
          expect(ask.start % periodMs).toBe(0);
          expect(ask.periodSeconds).toBe(periodSeconds === 3600 ? 3600 : undefined);
        }
      },
    ),
    { numRuns: 300 },
  );
});

const june = { start: at('2025-06-01'), end: at('2025-06-29') };

function asksAfter(answer: Partial<AnsweredSpan>, wanted: Span): ReturnType<typeof planAsks> {
  const spans = [{ ...june, askedAt: at('2025-06-29'), points: 100, ...answer }];
  const rule = { nowMs, revisionsMs, chunkMs, askedInRun: [], hasFile: () => true };
  return planAsks(wanted, { periodSeconds: 300, spans }, rule);
}

test('fact 4: a trailing week that was answered, and the tail after it, are asked for what changed since, in one request', () => {
  const wanted = { start: june.start, end: nowMs };
  expect(asksAfter({}, wanted)).toEqual([
    { start: at('2025-06-22'), end: at('2025-06-30T12:05Z'), updatedSince: at('2025-06-28T23:00Z') },
  ]);
});

test('what was never asked and lies before the last answer is asked in full: it may have been published before', () => {
  const wanted = { start: at('2025-06-22'), end: nowMs };
  const answer = { start: at('2025-06-23'), end: at('2025-06-29') };
  expect(asksAfter(answer, wanted)[0]?.updatedSince).toBeUndefined();
});
