import { expect, test } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import type { RemoteObject } from '../../src/domain/remote.ts';
import type { WattCarbon } from '../../src/steps/tools.ts';
import { openAccount } from '../sandbox/open-sandbox.ts';
import { once } from './faults.ts';
import { openWorld, type RunHow } from './open-run.ts';
import { bareMeter, holdings, hourly, siteOf, writesOf } from './sites.ts';

type Fields = RemoteObject['fields'];

/** WattCarbon whose lists show what is there in another way. */
function showing(show: (fields: Fields) => Fields): RunHow {
  return {
    wrapWattCarbon: (wattcarbon: WattCarbon): WattCarbon => ({
      ...wattcarbon,
      list: async (creation) => {
        const objects = await wattcarbon.list(creation);
        return objects && changed(objects, show);
      },
    }),
  };
}

async function* changed(
  objects: AsyncIterable<RemoteObject>,
  show: (fields: Fields) => Fields,
): AsyncGenerator<RemoteObject> {
  for await (const { id, fields } of objects) yield { id, fields: show(fields) };
}

function without(...names: readonly string[]): (fields: Fields) => Fields {
  return (fields) => Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

const greene = '60 Greene St Riverside IA';
const lostMeter = once.bind(undefined, 'create_meter', { kind: 'lost' });
const cutMeter = once.bind(undefined, 'create_meter', { kind: 'cut' });

test.each<[string, Json]>([
  ['with other punctuation', '60 Greene St, Riverside, IA'],
  ['in capitals', '60 GREENE ST RIVERSIDE IA'],
  ['in parts', { street: '60 Greene St', city: 'Riverside', state: 'IA' }],
])('a lost meter whose location the list shows %s is adopted', async (_how, location) => {
  const world = await openWorld({ sites: [bareMeter('SP1', greene)] });
  world.fault = lostMeter();
  const end = await world.run(showing((fields) => ({ ...fields, location, meterType: 'ELECTRICITY' })));
  expect(end).toMatchObject({ sites: { done: 1 } });
  expect(writesOf(end)).toEqual({ create_meter: 1 });
});

test.each<[string, (fields: Fields) => Fields]>([
  ['geocoded', (fields) => ({ ...fields, location: { latitude: 41.4797, longitude: -91.5813 } })],
  [
    'completed',
    (fields) => ({ ...fields, location: '60 Greene Street, Riverside, Iowa 52327, United States of America' }),
  ],
  ['not at all', without('location')],
])('a lost meter whose location the list shows %s is uncertain, and is not sent again', async (_how, show) => {
  const world = await openWorld({ sites: [bareMeter('SP1', greene)] });
  world.fault = lostMeter();
  const end = await world.run(showing(show));
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ code: 'meter.uncertain' }] });
  expect(end.failures[0]?.message).toContain('ids 1)');
  expect(writesOf(end)).toEqual({ create_meter: 1 });
  const decided = await world.run({ ...showing(show), retryUncertain: true });
  expect(decided).toMatchObject({ sites: { done: 1 } });
});

test('while the answer to another site is on its way, its meter is not taken for doubtful, whatever its form', async () => {
  const [first, second] = [bareMeter('SP1', greene), bareMeter('SP2', '1 Depot Rd Washington IA')];
  const world = await openWorld({ sites: [first, second], wattcarbon: { timeout: 'PT2S' } });
  world.fault = cutMeter();
  let release = (): void => undefined;
  const looked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const geocoded = { latitude: 41.4797, longitude: -91.5813 };
  const end = await world.run({
    waits: 'real',
    wrapWattCarbon: (wattcarbon) => ({
      ...wattcarbon,
      send: async (prepared, hooks) => {
        const answer = await wattcarbon.send(prepared, hooks);
        await looked;
        return answer;
      },
      list: async (creation) => {
        const objects: RemoteObject[] = [];
        for await (const { id, fields } of (await wattcarbon.list(creation)) ?? []) {
          objects.push({ id, fields: { ...fields, location: geocoded } });
        }
        setTimeout(release, 20);
        return (async function* list() {
          yield* objects;
        })();
      },
    }),
  });
  expect(end).toMatchObject({ sites: { done: 2 }, failures: [] });
  expect(holdings(world).meters).toBe(2);
});

test("a stranger's meter is never adopted for being shown without its location", async () => {
  const world = await openWorld({ sites: [bareMeter('SP1', greene)] });
  const account = await openAccount(world.sandbox, 'acct');
  await account.post('/meters', { apiProvider: 'manual', meterType: 'electricity', location: 'Somewhere else' });
  world.fault = cutMeter();
  const end = await world.run(showing(without('location')));
  expect(end).toMatchObject({ sites: { uncertain: 1 } });
  expect((await world.items('SP1'))[0]?.remoteId).toBeUndefined();
});

test('meters that the ledger owns do not count, however little the list shows of them', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1', greene)] });
  await world.run();
  await world.write({ sites: [bareMeter('SP1', greene), bareMeter('SP2', greene)] });
  world.fault = cutMeter();
  const end = await world.run(showing(without('location')));
  expect(end).toMatchObject({ sites: { done: 2 } });
  expect(holdings(world).meters).toBe(2);
});

const onlySite = { sites: [siteOf('SP1')] };
const onlyData = { 'main.csv': hourly() };
const nameless = showing(without('name', 'fileName', 'filename', 'file'));

test('a lost document that the list shows without a name is sent again where that replaces it', async () => {
  const world = await openWorld(onlySite, onlyData);
  world.fault = once('upload_asset_document', { kind: 'lost' });
  const end = await world.run(nameless);
  expect(end).toMatchObject({ sites: { done: 1 } });
  expect(writesOf(end)['upload_asset_document']).toBe(2);
});

test('under reupload "append" it is uncertain, and is not sent again', async () => {
  const world = await openWorld({ ...onlySite, wattcarbon: { reupload: 'append' } }, onlyData);
  world.fault = once('upload_asset_document', { kind: 'lost' });
  const end = await world.run(nameless);
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ code: 'events.uncertain' }] });
  expect(holdings(world).documents).toBe(1);
});

test('a lost asset is adopted though its meters come in another order and its fields under other names', async () => {
  const meters = [
    { id: 'main', type: 'electricity', data: 'main.csv' },
    { id: 'second', type: 'gas', data: 'main.csv' },
  ];
  const world = await openWorld({ sites: [siteOf('SP1', { meters })] }, onlyData);
  world.fault = once('create_asset', { kind: 'lost' });
  const end = await world.run(
    showing(({ meterIds = [], customId = null, ...fields }) => ({
      ...fields,
      custom_id: customId,
      meter_ids: Array.isArray(meterIds) ? meterIds.toReversed() : meterIds,
    })),
  );
  expect(end).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(writesOf(end)['create_asset']).toBe(1);
});
