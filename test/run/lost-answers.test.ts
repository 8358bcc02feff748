import { expect, test } from 'vitest';
import { inTurn, once } from './faults.ts';
import { openWorld } from './open-run.ts';
import { bareMeter, holdings, hourly, oneOfEach, siteOf, writesOf } from './sites.ts';

const creations = ['create_meter', 'upload_meter_intervals', 'create_asset', 'upload_asset_document'] as const;
const onlySite = { sites: [siteOf('SP1')] };
const onlyData = { 'main.csv': hourly() };

test('a site is taken to its end with one of each, and a second run sends nothing', async () => {
  const world = await openWorld(onlySite, onlyData);
  const first = await world.run();
  expect(first).toMatchObject({ sites: { done: 1, failed: 0, uncertain: 0 }, failures: [], stopped: undefined });
  expect(writesOf(first)).toEqual({
    create_meter: 1,
    upload_meter_intervals: 2,
    create_asset: 1,
    upload_asset_document: 1,
  });
  expect(holdings(world)).toEqual(oneOfEach);
  expect((await world.run()).requests).toEqual({});
});

test.each(creations)('%s: the answer is lost after the work, and the same run ends with one', async (operation) => {
  const world = await openWorld(onlySite, onlyData);
  world.fault = once(operation, { kind: 'lost' });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(holdings(world)).toEqual(oneOfEach);
  // What can be listed is adopted; what cannot is sent once more, which `reupload: replace` makes safe.
  expect(writesOf(end)[operation]).toBe(operation === 'upload_meter_intervals' ? 3 : 1);
  expect(await world.intents()).toEqual([]);
});

test.each(creations)('%s: an error 500 after the work leaves one as well', async (operation) => {
  const world = await openWorld(onlySite, onlyData);
  world.fault = once(operation, { kind: 'after-work-500' });
  expect(await world.run()).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(holdings(world)).toEqual(oneOfEach);
  expect(await world.intents()).toEqual([]);
});

test.each(creations)('%s: a connection cut before the work is sent again', async (operation) => {
  const world = await openWorld(onlySite, onlyData);
  world.fault = once(operation, { kind: 'cut' });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(writesOf(end)[operation]).toBe(operation === 'upload_meter_intervals' ? 3 : 2);
  expect(holdings(world)).toEqual(oneOfEach);
});

test.each(creations)('%s: a request that hangs ends by the timeout and is settled', async (operation) => {
  const world = await openWorld({ ...onlySite, wattcarbon: { timeout: 'PT1S' } }, onlyData);
  world.fault = once(operation, { kind: 'hang' });
  expect(await world.run()).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(holdings(world)).toEqual(oneOfEach);
  expect(await world.intents()).toEqual([]);
});

test.each(creations)('%s: a refusal by the rate limit is waited out', async (operation) => {
  const world = await openWorld(onlySite, onlyData);
  world.fault = inTurn(operation, { kind: 'status', status: 429 });
  expect(await world.run()).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(holdings(world)).toEqual(oneOfEach);
});

test('an answer that is lost every time is a failure in the end, and the next run goes on from it', async () => {
  const world = await openWorld({ sites: [siteOf('SP1'), bareMeter('SP2')] }, onlyData);
  world.fault = ({ operation }) => (operation === 'create_asset' ? { kind: 'cut' } : undefined);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1, failed: 1 }, failures: [{ site: 'SP1', step: 'asset' }] });
  expect(end.steps['events']).toMatchObject({ waiting: 1 });
  world.fault = undefined;
  expect(await world.run()).toMatchObject({ sites: { done: 2 } });
  expect(holdings(world)).toMatchObject({ assets: 1, documents: 1 });
});

test('an unreadable good answer to a creation is an unknown outcome too', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  world.fault = once('create_meter', { kind: 'html', status: 200 });
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect(holdings(world).meters).toBe(1);
});

test.each([1, 2])('of two look-alikes the answer to the %ith is lost, and each site owns its own', async (nth) => {
  const world = await openWorld({ sites: [bareMeter('SP1'), bareMeter('SP2')] });
  world.fault = once('create_meter', { kind: 'lost' }, nth);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 2 }, failures: [] });
  expect(writesOf(end)).toEqual({ create_meter: 2 });
  const ids = [...(await world.items('SP1')), ...(await world.items('SP2'))].map(({ remoteId }) => Number(remoteId));
  expect(ids.toSorted((a, b) => a - b)).toEqual(world.state().meters.map(({ id }) => id));
});

test('of twenty look-alikes every third answer is lost, and there are twenty', async () => {
  const sites = Array.from({ length: 20 }, (_, n) => bareMeter(`SP${String(n)}`));
  const world = await openWorld({ sites });
  let seen = 0;
  world.fault = ({ operation }) => (operation === 'create_meter' && ++seen % 3 === 0 ? { kind: 'lost' } : undefined);
  expect(await world.run({ concurrency: 8 })).toMatchObject({ sites: { done: 20 } });
  expect(holdings(world).meters).toBe(20);
  expect((await world.run()).requests).toEqual({});
});
