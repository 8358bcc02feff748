import { expect, test } from 'vitest';
import { WattliftError } from '../../src/domain/errors.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { openAccount } from '../sandbox/open-sandbox.ts';
import { Crash, dieAfter } from './crash.ts';
import { inTurn, once } from './faults.ts';
import { openWorld, type RunHow } from './open-run.ts';
import { bareMeter, holdings, hourly, oneOfEach, siteOf, writesOf } from './sites.ts';

/** Longer than any request can be under way and any list can lag. */
const longAfterMs = 3_600_000;
const sameMeter = { apiProvider: 'manual', meterType: 'electricity', location: 'Same St, Riverside IA' };

/** Nothing tells what is there: the operations are given by hand, and lists are not among them. */
const noLists = {
  openapi: 'off',
  endpoints: {
    create_meter: { path: '/accounts/{account_id}/meters' },
    upload_meter_intervals: { path: '/accounts/{account_id}/meters/{meter_id}/intervals' },
    upload_meter_bills: { path: '/accounts/{account_id}/meters/{meter_id}/bills' },
    create_asset: { path: '/accounts/{account_id}/assets' },
    upload_asset_document: { path: '/accounts/{account_id}/assets/{asset_id}/documents' },
  },
};

test('an intent that a killed run left open is settled by the next one, which adopts what it finds', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  await expect(world.run(dieAfter('create_meter').how)).rejects.toThrow(Crash);
  expect(await world.intents()).toMatchObject([{ slot: { site: 'SP1' }, operation: 'create_meter' }]);
  world.clock.advance(longAfterMs);
  const next = await world.run();
  expect(next).toMatchObject({ sites: { done: 1 } });
  expect(writesOf(next)).toEqual({});
  expect((await world.items('SP1')).map(({ remoteId }) => remoteId)).toEqual([world.state().meters[0]?.id]);
});

test('a killed request may still arrive: nothing is looked for before its timeout is over', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')], wattcarbon: { timeout: 'PT1S' } });
  await expect(world.run(dieAfter('create_meter').how)).rejects.toThrow(Crash);
  const [intent] = await world.intents();
  let lookedAt = 0;
  world.fault = ({ operation }) => {
    if (operation === 'list_meters') lookedAt ||= world.clock.now();
    return undefined;
  };
  await world.run();
  expect(lookedAt - (intent?.at ?? lookedAt)).toBeGreaterThanOrEqual(1_000);
});

test('a wall clock set back a day does not hold the settling up for a day', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')], wattcarbon: { timeout: 'PT1S' } });
  await expect(world.run(dieAfter('create_meter').how)).rejects.toThrow(Crash);
  world.clock.advance(-86_400_000);
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
});

test('a look-alike of a killed creation is not given what was made for the other site', async () => {
  const world = await openWorld({ sites: [bareMeter('SP2')] });
  await expect(world.run(dieAfter('create_meter').how)).rejects.toThrow(Crash);
  world.clock.advance(longAfterMs);
  // SP1 comes first now, and settles the intent of SP2, whose turn is still to come.
  await world.write({ sites: [bareMeter('SP1'), bareMeter('SP2')] });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 2 } });
  expect(writesOf(end)).toEqual({ create_meter: 1 });
  expect((await world.items('SP2'))[0]?.remoteId).toBe(world.state().meters[0]?.id);
  expect((await world.items('SP1'))[0]?.remoteId).toBe(world.state().meters[1]?.id);
});

const inThreeForms = [
  { id: 'SP1', location: '60 Greene St Riverside IA' },
  { id: 'SP2', location: { street: '1 Depot Rd', city: 'Washington', state: 'IA' } },
  { id: 'SP3', coordinates: { latitude: 41.4797, longitude: -91.5813 } },
].map((site) => ({ ...site, meters: [{ id: 'main', type: 'electricity' }] }));

test('sites whose answers are lost together do not take the meters of each other for doubtful, whatever the form of their places', async () => {
  const world = await openWorld({ sites: inThreeForms });
  world.fault = inTurn('create_meter', { kind: 'lost' }, { kind: 'cut' }, { kind: 'lost' });
  const end = await world.run({ concurrency: 3 });
  expect(end).toMatchObject({ sites: { done: 3 }, failures: [] });
  expect(holdings(world).meters).toBe(3);
});

test('what a killed run made for a site that is not selected now is known as that site’s', async () => {
  const world = await openWorld({ sites: inThreeForms.slice(0, 1) });
  await expect(world.run(dieAfter('create_meter').how)).rejects.toThrow(Crash);
  world.clock.advance(longAfterMs);
  await world.write({ sites: inThreeForms.slice(1) });
  world.fault = inTurn('create_meter', { kind: 'cut' }, { kind: 'cut' });
  expect(await world.run()).toMatchObject({ sites: { done: 2 }, failures: [] });
  await world.write({ sites: inThreeForms });
  expect(await world.run()).toMatchObject({ sites: { done: 3 }, failures: [] });
  expect(holdings(world).meters).toBe(3);
});

test('an open intent is found again when the API wants the request in another form by now', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  await expect(world.run(dieAfter('create_meter').how)).rejects.toThrow(Crash);
  world.clock.advance(longAfterMs);
  const create_meter = { path: '/accounts/{account_id}/meters', fields: { source: 'wattlift' } };
  await world.write({ sites: [bareMeter('SP1')], wattcarbon: { endpoints: { create_meter } } });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1 } });
  expect(writesOf(end)).toEqual({});
  expect(await world.intents()).toEqual([]);
});

test('when the ledger cannot record what was made, the intent stays and the next run adopts it', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  const failing: RunHow = {
    wrapLedger: (ledger) => ({
      ...ledger,
      finish: () => Promise.reject(new WattliftError('ledger.disk-full', 'no space is left')),
    }),
  };
  expect(await world.run(failing)).toMatchObject({ stopped: 'error', error: { code: 'ledger.disk-full' } });
  expect(await world.intents()).toHaveLength(1);
  world.clock.advance(longAfterMs);
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect(holdings(world).meters).toBe(1);
});

test('two unowned matches are uncertain: nothing is sent, in this run or the next', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  const account = await openAccount(world.sandbox, 'acct');
  await account.post('/meters', sameMeter);
  await account.post('/meters', sameMeter);
  world.fault = once('create_meter', { kind: 'cut' });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ site: 'SP1', code: 'meter.uncertain' }] });
  expect(end.failures[0]?.message).toContain('ids 1, 2');
  expect(exitCodeOf(end, undefined)).toBe(5);
  world.clock.advance(longAfterMs);
  const next = await world.run();
  expect(next).toMatchObject({ sites: { uncertain: 1 } });
  expect(writesOf(next)).toEqual({});
  expect(holdings(world).meters).toBe(2);
});

test('an asset that is there already and agrees is adopted', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  const account = await openAccount(world.sandbox, 'acct');
  const there = { name: 'by hand', kind: 'demand_response_eemetered', location: 'SP1 Main St, Riverside IA' };
  await account.post('/assets', { ...there, customId: 'SP1' });
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect(holdings(world)).toEqual(oneOfEach);
});

test('an asset that is there already and differs is reported, and nothing is doubled', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  const account = await openAccount(world.sandbox, 'acct');
  await account.post('/assets', { name: 'x', kind: 'solar', location: 'elsewhere', customId: 'SP1' });
  for (let n = 0; n < 2; n++) {
    expect(await world.run()).toMatchObject({
      sites: { failed: 1 },
      failures: [{ site: 'SP1', step: 'asset', code: 'asset.differs' }],
    });
  }
  expect(holdings(world)).toEqual({ ...oneOfEach, documents: 0 });
});

test('without a list a lost meter is uncertain until a person decides to send it again', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')], wattcarbon: noLists });
  world.fault = once('create_meter', { kind: 'lost' });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ code: 'meter.uncertain' }] });
  expect(end.failures[0]?.message).toContain('look for a meter with');
  world.clock.advance(longAfterMs);
  expect(writesOf(await world.run())).toEqual({});
  const decided = await world.run({ retryUncertain: true });
  expect(decided).toMatchObject({ sites: { done: 1 } });
  expect(writesOf(decided)).toEqual({ create_meter: 1 });
  expect((await world.run()).requests).toEqual({});
});

test('a look-alike says for which site it waits, and a person may clear that intent too', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')], wattcarbon: noLists });
  world.fault = once('create_meter', { kind: 'lost' });
  await world.run();
  // SP1 has gone from the manifest: nothing else would ever settle its intent.
  await world.write({ sites: [bareMeter('SP2')], wattcarbon: noLists });
  const end = await world.run();
  expect(end).toMatchObject({ failures: [{ site: 'SP2', code: 'meter.uncertain' }] });
  expect(end.failures[0]?.message).toContain('waits for site "SP1", item "main"');
  expect(writesOf(end)).toEqual({});
  expect(await world.run({ retryUncertain: true })).toMatchObject({ sites: { done: 1 } });
  expect(await world.intents()).toEqual([]);
});

test('without a list a meter cut off before the work is uncertain too, since nobody can tell', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')], wattcarbon: noLists });
  world.fault = once('create_meter', { kind: 'cut' });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 } });
  expect(writesOf(end)).toEqual({ create_meter: 1 });
});

test('without a list an asset is sent again, which its customId makes safe', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')], wattcarbon: noLists }, { 'main.csv': hourly() });
  world.fault = once('create_asset', { kind: 'cut' });
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect(holdings(world)).toEqual(oneOfEach);
});

test('without a list an asset that was made and not told is uncertain: its id is not known', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')], wattcarbon: noLists }, { 'main.csv': hourly() });
  world.fault = once('create_asset', { kind: 'lost' });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ step: 'asset', code: 'asset.uncertain' }] });
  expect(end.failures[0]?.message).toContain('customId "SP1"');
  expect(holdings(world).assets).toBe(1);
});

test('under reupload "append" an upload whose answer was lost is uncertain, and is not sent again', async () => {
  const world = await openWorld(
    { sites: [siteOf('SP1')], wattcarbon: { reupload: 'append' } },
    { 'main.csv': hourly() },
  );
  world.fault = once('upload_meter_intervals', { kind: 'lost' });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 }, steps: { upload: { done: 1, uncertain: 1 } } });
  expect(writesOf(end)).toMatchObject({ upload_meter_intervals: 2 });
  world.clock.advance(longAfterMs);
  expect(writesOf(await world.run())).toEqual({});
  expect(holdings(world).rows).toEqual([72]);
});

test('under reupload "refuse" an "already there" after a lost answer is done', async () => {
  const world = await openWorld(
    {
      sites: [siteOf('SP1', { meters: [{ id: 'main', type: 'electricity', data: 'feb.csv' }] })],
      wattcarbon: { reupload: 'refuse' },
    },
    {
      'feb.csv': hourly()
        .split('\n')
        .filter((row) => !row.startsWith('2025-01'))
        .join('\n'),
    },
  );
  const refusal = { kind: 'status', status: 409, body: '{"detail":"these intervals are there already"}' } as const;
  world.fault = inTurn('upload_meter_intervals', { kind: 'lost' }, refusal);
  expect(await world.run()).toMatchObject({ sites: { done: 1 }, steps: { upload: { done: 1 } } });
  expect(holdings(world).rows).toEqual([24]);
});

test('a definite no clears the intent and fails its site only', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1', 'One St'), bareMeter('SP2', 'Two St')] });
  world.fault = once('create_meter', { kind: 'status', status: 422, body: '{"detail":"no such place"}' });
  const end = await world.run({ concurrency: 1 });
  expect(end).toMatchObject({ sites: { done: 1, failed: 1 }, failures: [{ site: 'SP1', code: 'wattcarbon.invalid' }] });
  expect(end.failures[0]?.message).toContain('no such place');
  expect(await world.intents()).toEqual([]);
  expect(await world.run()).toMatchObject({ sites: { done: 2 } });
  expect(holdings(world).meters).toBe(2);
});
