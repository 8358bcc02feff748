import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, type Fate, makePermitFile, SimulatedClock, SimulatedServer } from './simulation.ts';
import { openThrottle, simulate, start } from './setup.ts';

test('the server never sees more than the limit in any window, from two processes together, whatever the latencies and losses', async () => {
  const world = fc.record({
    requests: fc.integer({ min: 1, max: 12 }),
    windowMs: fc.integer({ min: 500, max: 5_000 }),
    concurrency: fc.integer({ min: 1, max: 30 }),
    timeoutMs: fc.integer({ min: 200, max: 4_000 }),
    seed: fc.nat(),
    // All in one direction: two that cancel each other cannot be seen.
    sign: fc.constantFrom(-1, 1),
    stepsMs: fc.array(fc.oneof(fc.nat(7_200_000), fc.nat(2_000)), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ requests, windowMs, concurrency, timeoutMs, seed, sign, stepsMs }) => {
      const random = createRandom(seed);
      const clock = new SimulatedClock();
      const fate = (): Fate => ({
        thereMs: random() * timeoutMs * 0.7,
        backMs: random() * timeoutMs * 0.7,
        outcome: random() < 0.1 ? 'lost' : random() < 0.1 ? 'reset' : 'answered',
      });
      const server = new SimulatedServer(clock, fate);
      const file = await makePermitFile();
      const settings = { requests, windowMs, concurrency, timeoutMs, clock, fetch: server.fetch, file };
      const throttles = [await openThrottle(settings), await openThrottle(settings)];
      const work = Promise.all(throttles.map((throttle) => start(throttle, requests * 2)));
      for (const step of stepsMs) {
        await clock.runUntil(clock.monotonic() + windowMs * random());
        clock.stepWall(sign * step);
      }
      await clock.run(work);
      await clock.runUntil(clock.monotonic() + timeoutMs);
      expect(server.arrivals).toHaveLength(requests * 4);
      expect(server.worst(windowMs)).toBeLessThanOrEqual(requests);
    }),
    { numRuns: 40 },
  );
});

test('98 % of what the limit allows gets through', async () => {
  const random = createRandom(1);
  const windowMs = 60_000;
  const fate = (): Fate => ({ thereMs: random() * 1_500, backMs: random() * 1_500, outcome: 'answered' });
  const { clock, server, throttle } = await simulate({ requests: 100, windowMs, fate });
  void start(throttle, 1_000);
  await clock.runUntil(5 * windowMs);
  const possible = (100 * 5 * windowMs) / (windowMs + 1_500);
  expect(server.arrivals.length).toBeGreaterThanOrEqual(0.98 * possible);
  expect(server.worst(windowMs)).toBe(100);
});

test('3,000 requests go at once when the window is empty, and the next when the first permit ends', async () => {
  const { clock, server, throttle } = await simulate({ requests: 3_000, windowMs: 300_000, concurrency: 3_002 });
  const work = start(throttle, 3_001);
  await clock.runUntil(1_000);
  expect(server.arrivals).toHaveLength(3_000);
  expect(new Set(server.arrivals)).toEqual(new Set([100]));
  await clock.run(work);
  expect(server.arrivals.at(-1)).toBe(200 + 300_000 + 100);
});

test('requests go in the order they were made, and no more at once than the concurrency', async () => {
  const order: string[] = [];
  let underWay = 0;
  let most = 0;
  const { clock, throttle } = await simulate({ requests: 5, windowMs: 1_000, concurrency: 3 });
  const work = Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const beforeSend = async (): Promise<void> => {
        order.push(String(index));
        most = Math.max(most, ++underWay);
      };
      await throttle.fetchWith({ beforeSend })(`http://api.test/${String(index)}`);
      underWay -= 1;
    }),
  );
  await clock.run(work);
  expect(order).toEqual(Array.from({ length: 12 }, (_, index) => String(index)));
  expect(most).toBe(3);
});

test('the requests of a run that was killed a moment ago still count', async () => {
  const { clock, server, throttle, file } = await simulate({ requests: 10, windowMs: 60_000 });
  await clock.run(start(throttle, 8));
  // The next process knows nothing but the file, and its monotonic clock starts anew.
  const next = await openThrottle({ requests: 10, windowMs: 60_000, clock, fetch: server.fetch, file });
  const work = start(next, 3);
  await clock.runUntil(1_000);
  expect(server.arrivals).toHaveLength(10);
  await clock.run(work);
  expect(server.arrivals.at(-1)).toBeGreaterThanOrEqual(60_200);
  expect(server.worst(60_000)).toBe(10);
});

test('budgets of other accounts in the same file do not count', async () => {
  const { clock, server, throttle, file } = await simulate({ requests: 1, windowMs: 60_000 });
  const limit = { key: 'api other', requests: 1, windowMs: 60_000 };
  const other = await openThrottle({ requests: 1, windowMs: 60_000, limit, clock, fetch: server.fetch, file });
  await clock.run(Promise.all([start(throttle, 1), start(other, 1)]));
  expect(server.arrivals).toEqual([100, 100]);
});

test.each([
  ['back', -3_600_000],
  ['forward', 3_600_000],
])(
  'a wall clock set %s an hour neither overshoots nor stalls for more than a timeout and a window',
  async (_way, step) => {
    const { clock, server, throttle, file } = await simulate({ requests: 10, windowMs: 60_000 });
    const second = await openThrottle({ requests: 10, windowMs: 60_000, clock, fetch: server.fetch, file });
    const work = Promise.all([start(throttle, 15), start(second, 15)]);
    await clock.runUntil(30_000);
    clock.stepWall(step);
    await clock.run(work);
    expect(server.worst(60_000)).toBe(10);
    // Three windows' worth, and what the step may cost.
    expect(clock.monotonic()).toBeLessThan(2 * 60_200 + 1_000 + 70_000);
  },
);

test('a process that looks again after a step of the wall clock counts what was sent meanwhile', async () => {
  const { clock, server, throttle, file } = await simulate({ requests: 10, windowMs: 60_000 });
  const second = await openThrottle({ requests: 10, windowMs: 60_000, clock, fetch: server.fetch, file });
  await clock.run(start(second, 1));
  await clock.runUntil(120_000);
  await clock.run(start(throttle, 10));
  clock.stepWall(3_600_000);
  await clock.run(start(second, 10));
  expect(server.worst(60_000)).toBe(10);
});

test('a process that starts after the clock was set back waits for a timeout and a window at most', async () => {
  const { clock, server, throttle, file } = await simulate({ requests: 10, windowMs: 60_000, timeoutMs: 5_000 });
  await clock.run(start(throttle, 10));
  const end = clock.monotonic();
  clock.stepWall(-3_600_000);
  const next = await openThrottle({
    requests: 10,
    windowMs: 60_000,
    timeoutMs: 5_000,
    clock,
    fetch: server.fetch,
    file,
  });
  await clock.run(start(next, 10));
  expect(clock.monotonic() - end).toBeLessThanOrEqual(65_000 + 1_000);
  expect(server.worst(60_000)).toBe(10);
});

test('what another process sent and was answered frees its permit earlier than what it may still be waiting for', async () => {
  const { clock, server, throttle, file } = await simulate({ requests: 1, windowMs: 1_000, timeoutMs: 600_000 });
  const second = await openThrottle({
    requests: 1,
    windowMs: 1_000,
    timeoutMs: 600_000,
    clock,
    fetch: server.fetch,
    file,
  });
  const first = start(throttle, 1);
  await clock.runUntil(50);
  await clock.run(Promise.all([first, start(second, 1)]));
  expect(server.arrivals[1]).toBeGreaterThanOrEqual(1_200);
  expect(server.arrivals[1]).toBeLessThan(2_500);
});
