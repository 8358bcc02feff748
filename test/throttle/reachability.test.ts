import { describe, expect, test } from 'vitest';
import { Reachability, type ReachabilityOptions } from '../../src/apis/reachability.ts';
import type { Throttle } from '../../src/apis/throttle.ts';
import { ApiError } from '../../src/domain/errors.ts';
import { openThrottle, url } from './setup.ts';
import { SimulatedClock } from './simulation.ts';

type Weather = 'well' | 'refused' | 'reset' | 'certificate' | 'silent' | number;

interface Sky {
  readonly clock: SimulatedClock;
  readonly throttle: Throttle;
  readonly reachability: Reachability;
  readonly warned: string[];
  /** When each request was made. */
  readonly made: number[];
  /** The network's state, by the time. */
  weather: (at: number) => Weather;
}

const minute = 60_000;
const codes = { refused: 'ECONNREFUSED', reset: 'ECONNRESET', certificate: 'CERT_HAS_EXPIRED' };

/** A throttle over a network whose weather a test decides, on simulated time; requests and answers take no time. */
async function openSky(more: Partial<ReachabilityOptions> = {}, timeoutMs = minute): Promise<Sky> {
  const clock = new SimulatedClock();
  const warned: string[] = [];
  const reachability = new Reachability({
    api: 'watttime',
    url,
    timeoutMs,
    clock,
    random: () => 1,
    warn: (message) => warned.push(message),
    ...more,
  });
  const made: number[] = [];
  const network: typeof fetch = async (_, init) => {
    const at = clock.monotonic();
    made.push(at);
    const weather = sky.weather(at);
    if (weather === 'silent') await clock.sleep(Infinity, init?.signal ?? undefined);
    if (weather === 'well' || weather === 'silent') return new Response(null);
    if (typeof weather === 'number') return new Response(null, { status: weather });
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(weather), { code: codes[weather] }) });
  };
  const throttle = await openThrottle({
    requests: 100_000,
    windowMs: minute,
    concurrency: 16,
    timeoutMs,
    clock,
    fetch: network,
    reachability,
  });
  const sky: Sky = { clock, throttle, reachability, warned, made, weather: () => 'well' };
  return sky;
}

/** Asks again and again, every `everyMs`, until it is answered or `away`; what it was answered or failed with in the end. */
async function persist({ throttle, clock }: Sky, everyMs = 0): Promise<unknown> {
  for (;;) {
    if (clock.monotonic() > 2 * 60 * minute) throw new Error('neither answered nor given up within two hours');
    try {
      const response = await throttle.fetch(url);
      if (response.ok) return response.status;
    } catch (error) {
      if (error instanceof ApiError) return error;
    }
    await clock.sleep(everyMs);
  }
}

const many = (sky: Sky, count: number, everyMs?: number): Promise<unknown[]> =>
  sky.clock.run(Promise.all(Array.from({ length: count }, () => persist(sky, everyMs))));

test('what cannot be reached is tried by one at a time, ever more rarely, and by all once one got through', async () => {
  const sky = await openSky();
  sky.weather = (at) => (at < minute ? 'refused' : 'well');
  expect(await many(sky, 100)).toEqual(Array.from({ length: 100 }, () => 200));
  const dead = sky.made.filter((at) => at < minute);
  // 16 were under way at once when it was found out.
  expect(dead.slice(0, 16)).toEqual(Array.from({ length: 16 }, () => 0));
  expect(dead.slice(16)).toEqual([500, 1_500, 3_500, 7_500, 15_500, 30_500, 45_500]);
  expect(sky.made.filter((at) => at >= minute)).toEqual(Array.from({ length: 100 }, () => 60_500));
  expect(sky.warned).toEqual([
    'WattTime cannot be reached: GET /v3/historical failed in the network: refused; all requests to it wait together, and after 2 minutes without a connection it is given up for this run',
    'WattTime answers again',
  ]);
  expect(sky.reachability.away).toBeUndefined();
});

test('after two minutes without a connection nothing is sent any more', async () => {
  const sky = await openSky();
  sky.weather = () => 'refused';
  const ends = await many(sky, 1_000);
  expect(new Set(ends)).toEqual(new Set([sky.reachability.away]));
  expect(sky.made.at(-1)).toBe(120_500);
  expect(sky.made.length).toBeLessThan(30);
  expect(sky.reachability.away).toMatchObject({
    code: 'watttime.away',
    details: { api: 'watttime', kind: 'away', method: 'GET', path: '/v3/historical' },
    outcomeUnknown: false,
  });
  expect(sky.reachability.away?.message).toBe(
    `WattTime has answered nothing since 2025-01-01T00:00:00.000Z: ${String(sky.made.length)} requests failed, and the last, GET /v3/historical, failed in the network: refused; nothing more is sent to it in this run, and what is left waits: check the address, the network and any proxy, then run again`,
  );
  const sent = sky.made.length;
  await expect(sky.throttle.fetch(url)).rejects.toBe(sky.reachability.away);
  expect(sky.made).toHaveLength(sent);
});

test('an answer now and then is enough, whatever its status', async () => {
  const sky = await openSky();
  sky.weather = (at) => (Math.floor(at / minute) % 2 === 0 ? 'refused' : 404);
  void persist(sky, 1_000);
  await sky.clock.runUntil(20 * minute);
  expect(sky.reachability.away).toBeUndefined();
});

test('few failures far apart are no outage', async () => {
  const sky = await openSky();
  sky.weather = () => 'refused';
  void persist(sky, 20 * minute);
  await sky.clock.runUntil(70 * minute);
  expect(sky.made).toHaveLength(4);
  expect(sky.reachability.away).toBeUndefined();
});

describe.each([
  ['resets', 'reset'],
  ['502 of a gateway', 502],
  ['503 of a gateway', 503],
  ['504 of a gateway', 504],
  ['timeouts', 'silent'],
] as const)('nothing but %s', (_, weather) => {
  test('is given up after six timeouts, and holds nobody back before', async () => {
    const sky = await openSky();
    sky.weather = () => weather;
    await many(sky, 4, 10_000);
    expect(sky.made.filter((at) => at === 0)).toHaveLength(4);
    expect(sky.clock.monotonic()).toBeGreaterThanOrEqual(6 * minute);
    expect(sky.clock.monotonic()).toBeLessThan(8 * minute);
    expect(sky.warned).toEqual([sky.reachability.away?.message]);
  });

  test('with one answer in between is none', async () => {
    const sky = await openSky();
    sky.weather = (at) => (at > 4 * minute && at <= 5.5 * minute ? 500 : weather);
    void persist(sky, 10_000);
    await sky.clock.runUntil(9 * minute);
    expect(sky.reachability.away).toBeUndefined();
  });
});

test('a server that breaks its connections as it goes down is given up as soon as one that was never there', async () => {
  const sky = await openSky();
  sky.weather = (at) => (at < 1_000 ? 'reset' : 'refused');
  await many(sky, 4, 1_000);
  expect(sky.clock.monotonic()).toBeLessThan(2.5 * minute);
});

test('a server that can be connected to now and then is given as much time as one that does not answer', async () => {
  const sky = await openSky();
  sky.weather = (at) => (at % minute < 30_000 ? 'refused' : 'reset');
  await many(sky, 4, 5_000);
  expect(sky.clock.monotonic()).toBeGreaterThanOrEqual(6 * minute);
  expect(sky.clock.monotonic()).toBeLessThan(7 * minute);
});

test('a certificate that is refused is an API that cannot be reached', async () => {
  const sky = await openSky();
  sky.weather = () => 'certificate';
  await many(sky, 20);
  expect(sky.made.length).toBeLessThan(30);
});

test('a late answer to what was sent before the outage opens the way again', async () => {
  const sky = await openSky();
  sky.weather = (at) => (at < 16_000 ? 'refused' : 'well');
  const waiting = persist(sky);
  await sky.clock.runUntil(16_000);
  sky.reachability.answered(200, { method: 'GET', path: '/', sentAt: -1 });
  const next = sky.throttle.fetch(url);
  expect((await sky.clock.run(next)).status).toBe(200);
  expect(sky.clock.monotonic()).toBe(16_000);
  expect(await sky.clock.run(waiting)).toBe(200);
});

test('a request to another host is neither held back nor counted', async () => {
  const sky = await openSky({ url: 'http://elsewhere.test' });
  sky.weather = () => 'refused';
  const tries = Promise.allSettled(Array.from({ length: 100 }, () => sky.throttle.fetch(url)));
  await sky.clock.run(tries);
  expect(sky.clock.monotonic()).toBe(0);
  expect(sky.throttle.isSilent?.(new URL(url).origin)).toBe(false);
  await sky.clock.runUntil(3 * minute);
  await expect(sky.throttle.fetch(url)).rejects.toThrow('fetch failed');
  expect(sky.reachability.away).toBeUndefined();
});

test('one who leaves the queue lets the next one try', async () => {
  const sky = await openSky();
  sky.weather = (at) => (at < 10_000 ? 'refused' : 'well');
  await sky.clock.run(Promise.allSettled([sky.throttle.fetch(url)]));
  const leaving = new AbortController();
  const left = sky.throttle.fetch(url, { signal: leaving.signal });
  const stays = persist(sky);
  void sky.clock.sleep(100).then(() => leaving.abort(new Error('left')));
  await expect(sky.clock.run(left)).rejects.toThrow('left');
  expect(await sky.clock.run(stays)).toBe(200);
});
