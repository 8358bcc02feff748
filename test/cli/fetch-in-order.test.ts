import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fetchInOrder } from '../../src/cli/fetch-in-order.ts';
import { ApiError } from '../../src/domain/errors.ts';
import { cutSpan, type Span } from '../../src/domain/span.ts';

const dayMs = 86_400_000;
const plan = { concurrency: 4, shortestMs: dayMs, gridMs: 3_600_000 };
const days = (from: number, to: number): Span => ({ start: from * dayMs, end: to * dayMs });

function failing(kind: 'timeout' | 'outage'): ApiError {
  return new ApiError({ api: 'watttime', kind, method: 'GET', path: '/v3/historical' }, kind);
}

async function collect(spans: readonly Span[], fetchOne: (span: Span) => Promise<void>): Promise<readonly Span[]> {
  const asked: Span[] = [];
  for await (const answered of fetchInOrder(spans, { ...plan, fetchOne })) asked.push(answered.asked);
  return asked;
}

test('fact 11: a span that times out is halved until it passes, never repeated', async () => {
  const asked: number[] = [];
  const pieces = await collect([days(0, 32)], async ({ start, end }) => {
    asked.push((end - start) / dayMs);
    if (end - start > 10 * dayMs) throw failing('timeout');
  });
  expect(pieces).toEqual([days(0, 8), days(8, 16), days(16, 24), days(24, 32)]);
  expect(asked).toEqual([32, 16, 8, 8, 16, 8, 8]);
});

test('one that times out down to the shortest span fails', async () => {
  const pull = collect([days(0, 2)], () => Promise.reject(failing('timeout')));
  await expect(pull).rejects.toThrow('timeout');
});

test('fact 12: a year is 12 requests; answers come in order, the first alone, no more at once than allowed', async () => {
  const year = cutSpan(days(0, 365), 32 * dayMs);
  let [underWay, most] = [0, 0];
  let firstDone = false;
  const pieces = await collect(year, async ({ start }) => {
    expect(start === 0 || firstDone).toBe(true);
    most = Math.max(most, ++underWay);
    await sleep((12 - start / dayMs / 32) % 4);
    underWay -= 1;
    firstDone = true;
  });
  expect(year).toHaveLength(12);
  expect(pieces).toEqual(year);
  expect(most).toBeLessThanOrEqual(4);
  expect(most).toBeGreaterThan(1);
});

test('after a failure nothing more is asked, and what was under way is waited for', async () => {
  let [asked, ended] = [0, 0];
  const pull = collect(cutSpan(days(0, 20), dayMs), async ({ start }) => {
    asked += 1;
    await sleep(start === 2 * dayMs ? 1 : 15);
    ended += 1;
    if (start === 2 * dayMs) throw failing('outage');
  });
  await expect(pull).rejects.toThrow('outage');
  expect(ended).toBe(asked);
  expect(asked).toBeLessThanOrEqual(6);
});
