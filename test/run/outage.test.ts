import { expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { InterruptedError } from '../../src/domain/errors.ts';
import { once } from './faults.ts';
import { openWorld, type Written, type World } from './open-run.ts';
import { openNetwork, type Network } from './outage.ts';
import { bareMeter, holdings, hourly, placeAt, siteOf, writesOf } from './sites.ts';

const timeoutMs = 60_000;
const timeouts = { watttime: { timeout: 'PT60S' }, wattcarbon: { timeout: 'PT60S' } };
const forEver = Infinity;
const patienceMs = 120_000;

async function openBoth(
  manifest: Written,
  files: { readonly [name: string]: string } = {},
): Promise<{ readonly world: World; readonly network: Network }> {
  const network = await openNetwork(timeoutMs);
  return { network, world: await openWorld({ ...timeouts, ...manifest }, files, {}, [], network.clock) };
}

const meters = (count: number): readonly ReturnType<typeof bareMeter>[] =>
  Array.from({ length: count }, (_, n) => bareMeter(`SP${String(n)}`, `${String(n)} Main St`));

/** Cuts the network at the nth request of an operation, which still gets through. */
function cutAt(world: World, network: Network, operation: string, nth: number, forMs: number): void {
  let seen = 0;
  world.fault = (request) => {
    if (request.operation !== operation || ++seen !== nth) return undefined;
    network.cut(world.sandbox.wattcarbonUrl, forMs);
    return undefined;
  };
}

test('a WattCarbon that is away for a minute is waited for by all together, and nothing is lost or doubled', async () => {
  const sites = [...meters(60), siteOf('WHOLE')];
  const { world, network } = await openBoth({ sites }, { 'main.csv': hourly() });
  cutAt(world, network, 'create_meter', 20, 60_000);
  const end = await world.run({ ...network.how, concurrency: 16 });
  expect(end).toMatchObject({ sites: { total: 61, done: 61 }, failures: [] });
  expect(holdings(world)).toMatchObject({ meters: 61, assets: 1, documents: 1, duplicates: 0 });
  expect(writesOf(end)).toMatchObject({ create_meter: 61 });
  // Those that were under way together, then one at a time, ever more rarely.
  expect(network.refused.length).toBeGreaterThan(4);
  expect(network.refused.length).toBeLessThan(16);
  expect(network.passed()).toBeLessThan(80_000);
  expect(await world.intents()).toEqual([]);
});

test('a WattCarbon that stays away ends the run within the patience, and the next run finishes what waits', async () => {
  const { world, network } = await openBoth({ sites: [...meters(100), siteOf('WHOLE')] }, { 'main.csv': hourly() });
  cutAt(world, network, 'create_meter', 20, forEver);
  const end = await world.run({ ...network.how, concurrency: 16 });
  const done = holdings(world).meters;
  expect(done).toBeGreaterThanOrEqual(20);
  expect(done).toBeLessThan(30);
  expect(end.sites).toEqual({ total: 101, done, failed: 0, uncertain: 0, waiting: 101 - done });
  expect(end.steps).toMatchObject({ meter: { done, waiting: 101 - done, failed: 0 }, upload: { waiting: 2 } });
  expect(end.failures).toMatchObject([{ site: '', step: 'wattcarbon', code: 'wattcarbon.away' }]);
  expect(end.failures[0]?.message).toMatch(
    /^WattCarbon has answered nothing since 2026-02-01T12:0.*Z: \d+ requests failed, and the last, POST \/.*meters, failed in the network: .*ECONNREFUSED.*run again$/,
  );
  expect(exitCodeOf(end, undefined)).toBe(1);
  expect(network.refused.length).toBeLessThan(30);
  expect(network.passed()).toBeGreaterThanOrEqual(patienceMs);
  expect(network.passed()).toBeLessThan(patienceMs + 30_000);
  expect(await world.intents()).toEqual([]);

  world.fault = undefined;
  network.cut(world.sandbox.wattcarbonUrl, 0);
  const next = await world.run({ ...network.how, concurrency: 16 });
  expect(next).toMatchObject({ sites: { total: 101, done: 101 }, failures: [] });
  expect(writesOf(next)).toMatchObject({ create_meter: 101 - done });
  expect(holdings(world)).toMatchObject({ meters: 101, assets: 1, documents: 1, duplicates: 0 });
});

test('a WattCarbon that was away from the first request on leaves everything waiting', async () => {
  const { world, network } = await openBoth({ sites: [siteOf('WHOLE')] }, { 'main.csv': hourly() });
  network.cut(world.sandbox.wattcarbonUrl, forEver);
  const end = await world.run(network.how);
  expect(end.sites).toMatchObject({ total: 1, waiting: 1 });
  expect(end.steps).toMatchObject({
    meter: { waiting: 1 },
    upload: { waiting: 2 },
    asset: { waiting: 1 },
    events: { waiting: 1 },
  });
  expect(end.failures).toMatchObject([{ code: 'wattcarbon.away' }]);
  expect(network.refused.length).toBeLessThan(25);
});

const places = [placeAt('P1', 41.48, -91.58), placeAt('P2', 37.77, -122.42), placeAt('P3', 33.45, -112.07)];
const january = { from: '2025-01-01', to: '2025-03-01' };

test('one API that is away does not hold up the other', async () => {
  const here = { ...siteOf('HERE'), coordinates: { latitude: 41.48, longitude: -91.58 } };
  const { world, network } = await openBoth({ sites: [...places, here], moer: january }, { 'main.csv': hourly() });
  network.cut(world.sandbox.watttimeUrl, forEver);
  const end = await world.run(network.how);
  expect(end.sites).toMatchObject({ total: 4, waiting: 4, failed: 0 });
  expect(end.steps).toMatchObject({
    region: { waiting: 3, failed: 0 },
    moer: { waiting: 4, failed: 0 },
    meter: { done: 1 },
    upload: { done: 2 },
    asset: { done: 1 },
    events: { done: 1 },
  });
  expect(end.failures).toMatchObject([{ step: 'watttime', code: 'watttime.away' }]);
  expect(new Set(network.refused.map(({ origin }) => origin))).toEqual(new Set([world.sandbox.watttimeUrl]));

  network.cut(world.sandbox.watttimeUrl, 0);
  network.cut(world.sandbox.wattcarbonUrl, forEver);
  const fresh = { ...bareMeter('NEW'), coordinates: { latitude: 41.48, longitude: -91.58 } };
  await world.write({ sites: [...places, here, fresh], moer: january, ...timeouts });
  const next = await world.run(network.how);
  expect(next.sites).toMatchObject({ total: 5, done: 4, waiting: 1 });
  expect(next.steps).toMatchObject({ region: { done: 3 }, moer: { failed: 0, waiting: 0 }, meter: { waiting: 1 } });
});

test('a series whose pull breaks off says what is missing, and keeps what came', async () => {
  const { world, network } = await openBoth({
    sites: places.slice(0, 1),
    moer: { from: '2024-01-01', to: '2025-01-01' },
    watttime: { timeout: 'PT60S', concurrency: 1 },
  });
  let pulls = 0;
  world.fault = ({ operation }) => {
    if (operation === 'historical' && ++pulls === 3) network.cut(world.sandbox.watttimeUrl, forEver);
    return undefined;
  };
  const end = await world.run(network.how);
  expect(end.steps).toMatchObject({ region: { done: 1 }, moer: { waiting: 1, failed: 0 } });
  expect(end.failures).toMatchObject([{ site: '', code: 'watttime.away' }]);
  expect(end.learned).toMatchObject([{ result: { region: 'MISO_MASON_CITY', received: 3 * 32 * 288 } }]);
  world.fault = undefined;
  network.cut(world.sandbox.watttimeUrl, 0);
  const next = await world.run(network.how);
  expect(next).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(next.requests['watttime.historical']).toBe(9);
});

test('what was sent and never answered stays open while the API is away, and is found by the next run', async () => {
  const { world, network } = await openBoth({ sites: meters(3) });
  const lost = once('create_meter', { kind: 'lost' });
  world.fault = (request) => {
    const fault = lost(request);
    if (fault) network.cut(world.sandbox.wattcarbonUrl, forEver);
    return fault;
  };
  const end = await world.run({ ...network.how, concurrency: 1 });
  expect(end.sites).toMatchObject({ total: 3, waiting: 3, failed: 0, uncertain: 0 });
  expect(await world.intents()).toMatchObject([{ slot: { site: 'SP0' }, operation: 'create_meter' }]);
  expect(holdings(world).meters).toBe(1);

  network.cut(world.sandbox.wattcarbonUrl, 0);
  world.fault = undefined;
  world.clock.advance(3_600_000);
  expect(await world.run(network.how)).toMatchObject({ sites: { done: 3 }, failures: [] });
  expect(holdings(world).meters).toBe(3);
});

test('a run that waits for an API that is away ends as soon as it is told to stop', async () => {
  const { world, network } = await openBoth({ sites: meters(40) });
  cutAt(world, network, 'create_meter', 5, forEver);
  const stop = new AbortController();
  void network.clock.sleep(40_000).then(() => stop.abort(new InterruptedError()));
  const end = await world.run({ ...network.how, stopping: stop.signal, concurrency: 16 });
  expect(end).toMatchObject({ stopped: 'interrupted', failures: [], sites: { failed: 0, uncertain: 0 } });
  expect(network.passed()).toBe(40_000);
  expect(await world.intents()).toEqual([]);
  network.cut(world.sandbox.wattcarbonUrl, 0);
  world.fault = undefined;
  expect(await world.run(network.how)).toMatchObject({ sites: { done: 40 } });
  expect(holdings(world).meters).toBe(40);
});

test('a stop while a body is checked is no fault of its site', async () => {
  const world = await openWorld({ sites: meters(3) });
  const inspect = (): Promise<never> => Promise.reject(new InterruptedError());
  const end = await world.run({ wrapWattCarbon: (wattcarbon) => ({ ...wattcarbon, inspect }) });
  expect(end).toMatchObject({ stopped: 'interrupted', failures: [], sites: { failed: 0 } });
});
