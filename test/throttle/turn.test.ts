import { getEventListeners, setMaxListeners } from 'node:events';
import { expect, test } from 'vitest';
import { simulate, start, url } from './setup.ts';

test('the timeout counts from the sending, not from the waiting for a permit or a slot', async () => {
  const { clock, throttle } = await simulate({ requests: 2, windowMs: 60_000, timeoutMs: 1_000, concurrency: 1 });
  const outcomes = await clock.run(start(throttle, 6));
  expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'fulfilled'));
  expect(clock.monotonic()).toBeGreaterThan(120_000);
});

test('a request without an answer ends with a TimeoutError that names it, and counts for timeout and window', async () => {
  const fates = ['lost', 'answered'] as const;
  let sent = 0;
  const fate = () => ({ thereMs: 100, backMs: 100, outcome: fates[sent++] ?? 'answered' });
  const { clock, server, throttle } = await simulate({ requests: 1, windowMs: 5_000, timeoutMs: 2_000, fate });
  const [lost, later] = await clock.run(start(throttle, 2));
  expect(lost).toMatchObject({
    status: 'rejected',
    reason: { name: 'TimeoutError', message: 'GET http://api.test/v3/historical was not answered in full within 2 s' },
  });
  expect(later).toMatchObject({ status: 'fulfilled' });
  expect(server.arrivals).toEqual([100, 7_100]);
});

test('a stop ends what waits at once, lets what is under way finish, and refuses what comes later', async () => {
  const stop = new AbortController();
  const { clock, server, throttle } = await simulate({
    requests: 3,
    windowMs: 60_000,
    concurrency: 5,
    signal: stop.signal,
  });
  const work = start(throttle, 20);
  await clock.runUntil(50);
  stop.abort();
  const outcomes = await clock.run(work);
  expect(clock.monotonic()).toBe(200);
  expect(outcomes.slice(0, 3).every(({ status }) => status === 'fulfilled')).toBe(true);
  for (const outcome of outcomes.slice(3)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'InterruptedError' } });
  }
  await expect(throttle.fetch(url)).rejects.toMatchObject({ name: 'InterruptedError' });
  expect(server.arrivals).toHaveLength(3);
  expect(clock.sleeping).toBe(0);
});

test('a stop during beforeSend comes too late: the request is sent', async () => {
  const stop = new AbortController();
  const { clock, server, throttle } = await simulate({ requests: 3, windowMs: 60_000, signal: stop.signal });
  const sending = throttle.fetchWith({ beforeSend: () => clock.sleep(500) })(url, { method: 'POST' });
  await clock.runUntil(100);
  stop.abort();
  expect((await clock.run(sending)).status).toBe(200);
  expect(server.arrivals).toEqual([600]);
});

test('a caller who gives up while waiting takes no permit and leaves nothing behind', async () => {
  const caller = new AbortController();
  const { clock, server, throttle } = await simulate({ requests: 1, windowMs: 60_000 });
  await clock.run(throttle.fetch(url));
  const waiting = throttle.fetch(url, { signal: caller.signal });
  await clock.runUntil(1_000);
  expect(clock.sleeping).toBe(1);
  caller.abort(new Error('no longer wanted'));
  await expect(clock.run(waiting)).rejects.toThrow('no longer wanted');
  expect(clock.sleeping).toBe(0);
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  await clock.run(throttle.fetch(url));
  expect(server.arrivals[1]).toBe(200 + 60_000 + 100);
});

test('no listener and no timer is left when all requests are done', async () => {
  const stop = new AbortController();
  const caller = new AbortController();
  setMaxListeners(200, caller.signal);
  const { clock, throttle } = await simulate({ requests: 50, windowMs: 1_000, signal: stop.signal });
  const answers = Array.from({ length: 120 }, () => throttle.fetch(url, { signal: caller.signal }));
  for (const response of await clock.run(Promise.all(answers))) await response.text();
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  expect(clock.sleeping).toBe(0);
  await throttle.close();
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});

test('beforeSend runs after the permit is granted and before the request', async () => {
  const { clock, server, throttle } = await simulate({ requests: 1, windowMs: 1_000 });
  const events: string[] = [];
  const call = async (name: string): Promise<void> => {
    const beforeSend = async (): Promise<void> => {
      events.push(`${name} may go at ${String(clock.monotonic())}, ${String(server.arrivals.length)} arrived`);
    };
    await throttle.fetchWith({ beforeSend })(url);
  };
  await clock.run(Promise.all([call('first'), call('second')]));
  expect(events).toEqual(['first may go at 0, 0 arrived', 'second may go at 1200, 1 arrived']);
});

test('when beforeSend fails nothing is sent, and the permit is free for the next', async () => {
  const { clock, server, throttle } = await simulate({ requests: 1, windowMs: 60_000 });
  const refuse = (): Promise<void> => Promise.reject(new Error('the intent is open'));
  await expect(clock.run(throttle.fetchWith({ beforeSend: refuse })(url))).rejects.toThrow('the intent is open');
  await clock.run(throttle.fetch(url));
  expect(server.arrivals).toEqual([100]);
  expect(throttle.counts).toEqual({ total: 1, limited: 0 });
});

test('a login counts in both budgets, and one that waits for its own does not hold up the others', async () => {
  const { clock, server, throttle } = await simulate({ requests: 5, windowMs: 10_000 });
  const login = throttle.alsoCounting({ key: 'login user', requests: 1, windowMs: 30_000 });
  const logins = Promise.all([login.fetch(url), login.fetch(url)]);
  await clock.runUntil(10);
  await clock.run(start(throttle, 4));
  expect(server.arrivals).toEqual([100, 110, 110, 110, 110]);
  await clock.run(logins);
  expect(server.arrivals[5]).toBe(200 + 30_000 + 100);
  expect(server.worst(10_000)).toBe(5);
});
