import { assert, asyncProperty, integer, shuffledSubarray } from 'fast-check';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { once } from './faults.ts';
import { openWorld } from './open-run.ts';
import { bareMeter, placeAt } from './sites.ts';

const twoDays = { from: '2025-01-01', to: '2025-01-03' };
const oneYear = { from: '2025-01-01', to: '2026-01-01' };
const iowa = [41.48, -91.58] as const;
const bayArea = [37.8, -122.27] as const;
const austin = [30.26, -97.74] as const;
const day = 86_400_000;

test('a hundred sites at one spot without coverage make one request, and all end with its outcome', async () => {
  const sites = Array.from({ length: 100 }, (_, n) => placeAt(`SP${String(n)}`, 10, -30));
  const world = await openWorld({ sites, moer: twoDays });
  const end = await world.run({ concurrency: 8 });
  expect(end.requests).toEqual({ 'watttime.login': 1, 'watttime.region-from-loc': 1 });
  expect(end).toMatchObject({ sites: { failed: 100 }, steps: { region: { failed: 1 } } });
  expect(new Set(end.failures.map(({ site, code }) => `${site} ${code}`)).size).toBe(100);
  expect(end.failures.every(({ code }) => code === 'watttime.absent')).toBe(true);
});

test('a hundred sites in a region the plan does not cover make one request, and the exit code says access', async () => {
  const sites = Array.from({ length: 100 }, (_, n) => ({ id: `SP${String(n)}`, region: 'NOWHERE' }));
  const world = await openWorld({ sites, moer: oneYear });
  const end = await world.run({ concurrency: 8 });
  expect(end.requests).toEqual({ 'watttime.login': 1, 'watttime.historical': 1 });
  expect(end).toMatchObject({ sites: { failed: 100 }, steps: { moer: { failed: 1 } }, accessRefused: true });
  expect(exitCodeOf(end, undefined)).toBe(3);
});

test('a series whose pull failed half way is counted as it stands, in the summary and in the ledger', async () => {
  const world = await openWorld({ sites: [{ id: 'SP1', region: 'CAISO_NORTH' }], moer: oneYear });
  let asked = 0;
  world.fault = ({ operation }) =>
    operation === 'historical' && ++asked > 1 ? { kind: 'status', status: 403 } : undefined;
  const end = await world.run();
  const held = 32 * 288;
  const count = {
    region: 'CAISO_NORTH',
    expected: 105_120,
    received: held,
    missing: 105_120 - held,
    gaps: [{ from: '2025-02-02T00:00:00Z', to: '2026-01-01T00:00:00Z', points: 105_120 - held, kind: 'not-asked' }],
  };
  expect(end).toMatchObject({ sites: { failed: 1 }, learned: [{ step: 'moer', result: count }] });
  const items = await world.items('SP1');
  expect(items.find(({ step }) => step === 'moer')).toMatchObject({ state: 'failed', result: count });
  world.fault = undefined;
  expect((await world.run()).learned).toMatchObject([{ result: { received: 105_120, missing: 0, gaps: [] } }]);
});

test('what failed is tried again by the next run', async () => {
  const world = await openWorld({ sites: [placeAt('SP1', ...iowa)], moer: twoDays });
  world.fault = ({ operation }) => (operation === 'historical' ? { kind: 'status', status: 403 } : undefined);
  expect(await world.run()).toMatchObject({ sites: { failed: 1 } });
  world.fault = undefined;
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
});

test('twelve sites in three regions make three pulls, in whatever order they stand', async () => {
  const sites = [iowa, bayArea, austin].flatMap(([latitude, longitude], place) =>
    Array.from({ length: 4 }, (_, n) => placeAt(`SP${String(place * 4 + n)}`, latitude + n / 100, longitude)),
  );
  const inAnyOrder = shuffledSubarray(sites, { minLength: 12 });
  await assert(
    asyncProperty(inAnyOrder, integer({ min: 1, max: 12 }), async (shuffled, concurrency) => {
      const world = await openWorld({ sites: shuffled, moer: twoDays });
      const end = await world.run({ concurrency });
      expect(end).toMatchObject({ sites: { done: 12 }, steps: { region: { done: 12 }, moer: { done: 3 } } });
      expect(end.requests['watttime.historical']).toBe(3);
      expect((await world.run({ concurrency })).requests).toEqual({});
    }),
    { numRuns: 6, seed: 2025 },
  );
}, 60_000);

test('emissions of one region and 2025 take 12 requests, and a second site there takes none', async () => {
  const world = await openWorld({ sites: [placeAt('SP1', ...bayArea)], moer: oneYear });
  const first = await world.run();
  expect(first).toMatchObject({ sites: { done: 1 } });
  expect(first.requests['watttime.historical']).toBe(12);
  await world.write({ sites: [placeAt('SP1', ...bayArea), placeAt('SP2', 37.9, -122.3)], moer: oneYear });
  const second = await world.run();
  expect(second).toMatchObject({ sites: { done: 2 } });
  expect(second.requests).toEqual({ 'watttime.login': 1, 'watttime.region-from-loc': 1 });
});

test.each(['timeout', 'hang'] as const)('a span that ends in a %s is halved, not repeated', async (kind) => {
  const world = await openWorld({
    sites: [placeAt('SP1', ...iowa)],
    moer: { from: '2025-01-01', to: '2025-01-09' },
    watttime: { timeout: 'PT2S' },
  });
  world.fault = once('historical', kind === 'hang' ? { kind } : { kind: 'status', status: 504 });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1 }, steps: { moer: { done: 1 } } });
  expect(end.requests['watttime.historical']).toBe(3);
  expect((await world.run()).requests).toEqual({});
});

test('a region is asked again after thirty days, and not before', async () => {
  const world = await openWorld({ sites: [placeAt('SP1', ...iowa)], moer: twoDays });
  await world.run();
  world.clock.advance(29 * day);
  expect((await world.run()).requests).toEqual({});
  world.clock.advance(2 * day);
  const later = await world.run();
  expect(later.requests['watttime.region-from-loc']).toBe(1);
  expect(later.requests['watttime.historical']).toBeUndefined();
});

test('what is not selected is not done for the sake of what is: it is waited for', async () => {
  const world = await openWorld({ sites: [placeAt('SP1', ...iowa)], moer: twoDays });
  const end = await world.run({ only: ['moer'] });
  expect(end).toMatchObject({ sites: { done: 0, failed: 0, waiting: 1 }, steps: { moer: { waiting: 1 } } });
  expect(end.requests).toEqual({});
  expect(exitCodeOf(end, undefined)).toBe(1);
  expect(await world.run({ only: ['region'] })).toMatchObject({ sites: { done: 1 } });
  expect(await world.run({ only: ['moer'] })).toMatchObject({ sites: { done: 1 }, steps: { moer: { done: 1 } } });
});

test.each([
  [{ WATTCARBON_API_KEY: 'wrong' }, 'wattcarbon.token'],
  [{ WATTTIME_PASSWORD: 'wrong' }, 'watttime.login'],
])('refused credentials stop the run after one login: %o', async (env, login) => {
  const sites = Array.from({ length: 40 }, (_, n) => ({ ...bareMeter(`SP${String(n)}`), region: 'CAISO_NORTH' }));
  const world = await openWorld({ sites, moer: twoDays }, {}, env);
  const end = await world.run({ concurrency: 8 });
  expect(end.stopped).toBe('error');
  expect(end.error?.code).toMatch(/credentials-refused$/);
  expect(end.requests[login]).toBe(1);
  expect(end.sites.total).toBeLessThan(40);
  expect(exitCodeOf(end, undefined)).toBe(3);
  expect(await world.intents()).toEqual([]);
});
