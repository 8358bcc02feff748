import { expect, test } from 'vitest';
import { Crash, dieAfter } from './crash.ts';
import { openWorld } from './open-run.ts';
import { bareMeter, holdings, hourly, siteOf, writesOf } from './sites.ts';

const longAfterMs = 3_600_000;

test('a meter and an asset made from other input are failures and a problem in the plan; later steps use what is there', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  await world.run();
  await world.write({ sites: [siteOf('SP1', { location: 'Moved St, Riverside IA' })] });
  await world.put({ 'main.csv': hourly(7) });
  const plan = await world.plan();
  expect(plan.problems.map(({ code, severity, site }) => ({ code, severity, site }))).toEqual([
    { code: 'meter.drift', severity: 'error', site: 'SP1' },
    { code: 'asset.drift', severity: 'error', site: 'SP1' },
  ]);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { failed: 1, uncertain: 0 } });
  expect(end.failures.map(({ code }) => code)).toEqual(['meter.drift', 'asset.drift']);
  expect(writesOf(end)).toEqual({ upload_meter_intervals: 1 });
  expect(holdings(world)).toEqual({ meters: 1, assets: 1, documents: 1, rows: [72], duplicates: 0 });
  expect(world.state().meters[0]?.readings.sumKwh).toBe(78);
  // Put back, it is as if nothing had been.
  await world.write({ sites: [siteOf('SP1')] });
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
});

test('of a changed file only the month that changed is sent, as version 2', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  await world.run();
  await world.put({ 'main.csv': hourly(7) });
  expect((await world.plan()).requests).toEqual({ watttime: 0, wattcarbon: 1 });
  const end = await world.run();
  expect(end.steps['upload']).toMatchObject({ done: 1, skipped: 1 });
  expect(writesOf(end)).toEqual({ upload_meter_intervals: 1 });
  const uploads = (await world.items('SP1')).filter(({ step }) => step === 'upload');
  expect(uploads.map(({ item, result }) => ({ item, result }))).toEqual([
    { item: 'main/2025-01', result: { version: 1 } },
    { item: 'main/2025-02', result: { version: 2 } },
  ]);
  expect(world.state().meters[0]?.readings).toEqual({ rows: 72, sumKwh: 78, duplicates: 0 });
});

test('a month that is new leaves asset and events as they are, in the plan and in the run', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  await world.run();
  await world.put({ 'main.csv': `${hourly()}2025-03-01T00:00:00Z,1\n2025-03-01T01:00:00Z,1\n` });
  const plan = await world.plan();
  expect(plan).toMatchObject({
    requests: { wattcarbon: 1 },
    steps: { asset: { do: 0, done: 1 }, events: { do: 0, done: 1 } },
  });
  const end = await world.run();
  expect(end).toMatchObject({
    steps: { upload: { done: 1, skipped: 2 }, asset: { skipped: 1 }, events: { skipped: 1 } },
  });
  expect(writesOf(end)).toEqual({ upload_meter_intervals: 1 });
});

test('a file that is put back to an earlier state is a revision like any other', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  for (const [value, version, sum] of [
    [1, 1, 72],
    [7, 2, 78],
    [1, 3, 72],
    [7, 4, 78],
  ] as const) {
    await world.put({ 'main.csv': hourly(value) });
    expect(await world.run()).toMatchObject({ sites: { done: 1 } });
    const [, february] = (await world.items('SP1')).filter(({ step }) => step === 'upload');
    expect(february?.result).toEqual({ version });
    expect(world.state().meters[0]?.readings.sumKwh).toBe(sum);
    expect((await world.run()).requests).toEqual({});
  }
});

test('a revised month is uncertain where the API adds what is sent twice', async () => {
  const append = { reupload: 'append' };
  const world = await openWorld({ sites: [siteOf('SP1')], wattcarbon: append }, { 'main.csv': hourly() });
  await world.run();
  await world.put({ 'main.csv': hourly(7) });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ step: 'upload', code: 'upload.uncertain' }] });
  expect(writesOf(end)).toEqual({});
  await world.put({ 'main.csv': hourly() });
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
});

test('changed events are sent as a new version, unchanged ones are not', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  await world.run();
  const moved = [{ start: '2025-02-01 16:00', end: '2025-02-01 19:00' }];
  await world.write({ sites: [siteOf('SP1', { events: moved })] });
  expect(writesOf(await world.run())).toEqual({ upload_asset_document: 1 });
  expect((await world.items('SP1')).find(({ step }) => step === 'events')?.result).toMatchObject({ version: 2 });
  expect((await world.run()).requests).toEqual({});
});

test('input that changes while a creation is in doubt is not sent before the doubt is settled', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1', 'First St')] });
  await expect(world.run(dieAfter('create_meter').how)).rejects.toThrow(Crash);
  world.clock.advance(longAfterMs);
  await world.write({ sites: [bareMeter('SP1', 'Second St')] });
  expect((await world.plan()).problems).toMatchObject([{ code: 'meter.uncertain', site: 'SP1' }]);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ code: 'meter.uncertain' }] });
  expect(end.failures[0]?.message).toContain('earlier content');
  expect(writesOf(end)).toEqual({});
  await world.write({ sites: [bareMeter('SP1', 'First St')] });
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect(holdings(world).meters).toBe(1);
});

test('a bad meter file keeps everything of its site from being sent, and nothing of another', async () => {
  const two = [
    { id: 'main', type: 'electricity', data: 'main.csv' },
    { id: 'second', type: 'electricity', data: 'bad.csv' },
  ];
  const world = await openWorld(
    { sites: [siteOf('SP1', { meters: two }), siteOf('SP2')] },
    {
      'main.csv': hourly(),
      'bad.csv': 'interval_start,energy_kwh\n2025-01-30T00:00:00Z,1\n2025-01-30T01:00:00Z,one\n',
    },
  );
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1, failed: 1 } });
  expect(end.failures.map(({ site }) => site)).toEqual(['SP1']);
  expect(end.failures[0]?.message).toContain('bad.csv:3');
  expect(holdings(world)).toMatchObject({ meters: 1, assets: 1 });
  await world.put({ 'bad.csv': hourly() });
  expect(await world.run()).toMatchObject({ sites: { done: 2 } });
  expect(holdings(world)).toMatchObject({ meters: 3, assets: 2, rows: [72, 72, 72] });
});
