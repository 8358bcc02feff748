import { expect, test } from 'vitest';
import { BackOff, readRetryAfter } from '../../src/apis/back-off.ts';
import { openThrottle, simulate, start } from './setup.ts';

const refusal = (retryAfter?: string) => (): Response =>
  new Response('slow down', { status: 429, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } });

test('a 429 is returned, and pauses everybody until Retry-After, another process too', async () => {
  const { clock, server, throttle, file } = await simulate({ requests: 100, windowMs: 1_000, concurrency: 2 });
  const other = await openThrottle({ requests: 100, windowMs: 1_000, clock, fetch: server.fetch, file });
  server.answers.push(refusal('30'));
  const [first] = await clock.run(start(throttle, 1));
  expect(first).toMatchObject({ status: 'fulfilled', value: { status: 429 } });
  await clock.run(Promise.all([start(throttle, 5), start(other, 5)]));
  expect(server.arrivals).toHaveLength(11);
  for (const arrival of server.arrivals.slice(1)) expect(arrival).toBeGreaterThanOrEqual(30_200 + 100);
  expect(throttle.counts).toEqual({ total: 6, limited: 1 });
});

test('a Retry-After of a day is cut to the longest pause', async () => {
  const { clock, server, throttle } = await simulate({ requests: 9, windowMs: 1_000, maxPauseMs: 60_000 });
  server.answers.push(refusal('86400'));
  await clock.run(start(throttle, 1));
  await clock.run(start(throttle, 1));
  expect(server.arrivals[1]).toBe(200 + 60_000 + 100);
});

test('without a usable Retry-After the pause doubles with every refusal, and starts anew after a success', async () => {
  const { clock, server, throttle } = await simulate({
    requests: 99,
    windowMs: 1_000,
    concurrency: 1,
    random: () => 0,
  });
  const useless = [refusal(), refusal('0'), refusal('soon'), refusal('-5')];
  server.answers.push(...useless, () => new Response(null), refusal());
  await clock.run(start(throttle, 7));
  const gaps = server.arrivals.slice(1).map((arrival, index) => arrival - (server.arrivals[index] ?? 0) - 200);
  expect(gaps).toEqual([500, 1_000, 2_000, 4_000, 0, 500]);
});

test('requests that were under way together double the pause only once', async () => {
  const { clock, server, throttle } = await simulate({ requests: 99, windowMs: 1_000, random: () => 0 });
  server.answers.push(...Array.from({ length: 16 }, () => refusal()));
  await clock.run(start(throttle, 16));
  await clock.run(start(throttle, 1));
  expect(server.arrivals[16]).toBe(200 + 500 + 100);
});

test('the jitter stays between half and all of the pause, and the pause below its maximum', () => {
  const pauses = [0, 0.5, 0.999].map((random) => {
    const backOff = new BackOff({ maxPauseMs: 10_000, random: () => random });
    return Array.from({ length: 6 }, (_, now) =>
      backOff.refused({ headers: new Headers(), sentAt: now, now, wall: 0 }),
    );
  });
  expect(pauses[0]).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(pauses[1]).toEqual([750, 1_500, 3_000, 6_000, 7_500, 7_500]);
  expect(Math.max(...(pauses[2] ?? []))).toBeLessThan(10_000);
});

const wall = Date.parse('Wed, 01 Jan 2025 00:00:00 GMT');
test.each([
  ['120', 120_000],
  ['1.5', 1_500],
  ['Wed, 01 Jan 2025 00:01:00 GMT', 60_000],
  ['Tue, 31 Dec 2024 23:59:00 GMT', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['hello 5', undefined],
  ['', undefined],
  ['Wed, 99 Jan 2025 00:01:00 GMT', undefined],
])('Retry-After: %s means %s ms', (text, expected) => {
  expect(readRetryAfter(new Headers({ 'retry-after': text }), wall)).toBe(expected);
});

test('a Retry-After date is taken from the answer’s own Date, so that a wrong clock here does not matter', () => {
  const headers = new Headers({
    'retry-after': 'Wed, 01 Jan 2025 00:01:00 GMT',
    date: 'Wed, 01 Jan 2025 00:00:30 GMT',
  });
  expect(readRetryAfter(headers, wall + 86_400_000)).toBe(30_000);
});
