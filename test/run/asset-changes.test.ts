import { expect, test } from 'vitest';
import { once } from './faults.ts';
import { openWorld, type World } from './open-run.ts';
import { hourly, siteOf, writesOf } from './sites.ts';

const solar = { kind: 'solar', commencedOperationDate: '2024-06-01', nameplateCapacityKw: 123 };
const larger = { ...solar, nameplateCapacityKw: 150 };

function open(switches: readonly string[], wattcarbon = {}): Promise<World> {
  return openWorld({ sites: [siteOf('SP1', { asset: solar })], wattcarbon }, { 'main.csv': hourly() }, {}, switches);
}

const changed = (asset: object = larger) => ({ sites: [siteOf('SP1', { asset: { ...asset } })] });

test('a changed asset is a problem of the plan and of the run that names its fields', async () => {
  const world = await open([]);
  await world.run();
  await world.write(changed());
  const plan = await world.plan();
  expect(plan.problems).toMatchObject([
    { code: 'asset.drift', site: 'SP1', data: { changed: ['nameplateCapacityKw'] } },
  ]);
  expect(plan.problems[0]?.message).toContain('nameplateCapacityKw was 123 and is 150');
  const end = await world.run();
  expect(end.failures).toMatchObject([{ code: 'asset.drift' }]);
  expect(end.failures[0]?.message).toContain('nameplateCapacityKw was 123 and is 150');
  expect(world.state().assets[0]?.fields['nameplateCapacityKw']).toBe(123);
});

test('a meter that moved says from where to where', async () => {
  const world = await open([]);
  await world.run();
  await world.write({ sites: [siteOf('SP1', { asset: solar, location: 'Moved St' })] });
  const [meter] = (await world.run()).failures;
  expect(meter?.message).toContain('location was "SP1 Main St, Riverside IA" and is "Moved St"');
});

test.each(['patch', 'put'])('where %s is known the asset is changed, and keeps its id and its events', async (how) => {
  const world = await open([`asset-update=${how}`]);
  await world.run();
  const { commencedOperationDate: _gone, ...without } = larger;
  await world.write(changed(without));
  const plan = await world.plan();
  expect(plan.problems).toEqual([]);
  expect(plan.steps['asset']).toEqual({ do: 1, done: 0, waiting: 0, revised: 1 });
  expect(plan.revisions).toEqual([
    { site: 'SP1', step: 'asset', item: 'asset', changed: ['nameplateCapacityKw', 'commencedOperationDate'] },
  ]);
  const end = await world.run();
  expect(end).toMatchObject({ failures: [], sites: { done: 1 } });
  expect(end.requests).toMatchObject({ 'wattcarbon.update_asset': 1 });
  expect(end.requests).not.toHaveProperty('wattcarbon.create_asset');
  const { assets, documents } = world.state();
  expect(assets).toHaveLength(1);
  expect(documents).toHaveLength(1);
  expect(assets[0]?.fields).toMatchObject({ customId: 'SP1', nameplateCapacityKw: 150, meterIds: [1] });
  expect(assets[0]?.fields).not.toHaveProperty('commencedOperationDate');
  expect((await world.run()).requests).toEqual({});
});

test.each([{ kind: 'lost' }, { kind: 'cut' }, { kind: 'after-work-500' }] as const)(
  'a change whose answer met $kind is sent again, and is there once',
  async (fault) => {
    const world = await open(['asset-update=patch']);
    await world.run();
    await world.write(changed());
    world.fault = once('update_asset', fault);
    expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
    expect(world.state().assets.map(({ fields }) => fields['nameplateCapacityKw'])).toEqual([150]);
    expect(await world.intents()).toEqual([]);
  },
);

test('a change that is refused leaves the asset, and put back it is done', async () => {
  const world = await open(['asset-update=patch', 'schemas=composed']);
  await world.run();
  await world.write(changed({ ...solar, kind: 'nothing_known' }));
  const end = await world.run();
  expect(end.sites.failed).toBe(1);
  expect(world.state().assets[0]?.fields['kind']).toBe('solar');
  await world.write(changed(solar));
  const back = await world.run();
  expect(back).toMatchObject({ failures: [], sites: { done: 1 } });
  expect(writesOf(back)).toEqual({});
  expect(back.requests).not.toHaveProperty('wattcarbon.update_asset');
});

test('a change that was begun and never answered is undone when the manifest is put back', async () => {
  const world = await open(['asset-update=patch']);
  await world.run();
  await world.write(changed());
  world.fault = ({ operation }) => (operation === 'update_asset' ? { kind: 'lost' } : undefined);
  expect((await world.run()).sites.done).toBe(0);
  expect(world.state().assets[0]?.fields['nameplateCapacityKw']).toBe(150);
  world.fault = undefined;
  await world.write(changed(solar));
  expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
  expect(world.state().assets[0]?.fields['nameplateCapacityKw']).toBe(123);
  expect(await world.intents()).toEqual([]);
});

test('the manifest may say how an asset is changed, where the description does not', async () => {
  const update_asset = { method: 'PATCH', path: '/accounts/{account_id}/assets/{asset_id}' };
  const endpoints = { update_asset };
  const world = await open(['asset-update=patch', 'openapi=none'], { endpoints, allowUnverifiedEndpoints: true });
  await world.run();
  const wattcarbon = { endpoints, allowUnverifiedEndpoints: true };
  await world.write({ ...changed(), wattcarbon });
  expect(await world.run()).toMatchObject({ failures: [] });
  expect(world.state().assets[0]?.fields['nameplateCapacityKw']).toBe(150);
});

test('a change that follows one in doubt makes good whatever that one may have done', async () => {
  const world = await open(['asset-update=patch']);
  await world.run();
  await world.write(changed({ ...larger, inverterDataId: 'x' }));
  for (const kind of ['lost', 'cut'] as const) {
    world.fault = ({ operation }) => (operation === 'update_asset' ? { kind } : undefined);
    await world.run();
  }
  world.fault = undefined;
  await world.write(changed({ ...solar, commencedOperationDate: '2025-01-01' }));
  expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
  const { fields } = world.state().assets[0] ?? {};
  expect(fields).toMatchObject({ nameplateCapacityKw: 123, commencedOperationDate: '2025-01-01' });
  expect(fields).not.toHaveProperty('inverterDataId');
});

test('a guess that nobody confirmed never changes an asset, allowed or not', async () => {
  const world = await open(['asset-update=patch', 'openapi=none'], { allowUnverifiedEndpoints: true });
  await world.run();
  await world.write({ ...changed(), wattcarbon: { allowUnverifiedEndpoints: true } });
  expect((await world.run()).failures).toMatchObject([{ code: 'asset.drift' }]);
});

test.each(['409', '400', '422'])(
  'a customId that is taken (%s) is adopted when kind, meters and location agree',
  async (conflict) => {
    const world = await open([`conflict=${conflict}`]);
    await makeAsset(world, {
      customId: 'SP1',
      kind: 'solar',
      name: 'By hand',
      location: 'SP1 Main St., Riverside, IA',
    });
    expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
    expect(world.state().assets).toHaveLength(1);
  },
);

test.each(['409', '400', '422'])(
  'a customId that is taken (%s) by something else is told with its fields',
  async (conflict) => {
    const world = await open([`conflict=${conflict}`]);
    await makeAsset(world, {
      customId: 'SP1',
      kind: 'storage_direct',
      name: 'Battery',
      location: '9 Other Rd, Boise ID',
    });
    const { failures } = await world.run();
    expect(failures).toMatchObject([{ step: 'asset', code: 'asset.differs' }]);
    expect(failures[0]?.message).toContain('kind is "storage_direct" there and "solar" here');
    expect(failures[0]?.message).toContain(
      'location is "9 Other Rd, Boise ID" there and "SP1 Main St, Riverside IA" here',
    );
    expect(failures[0]?.message).not.toContain('meterIds');
    expect(world.state().assets).toHaveLength(1);
  },
);

test('meters are linked in the order of the manifest, and their ids keep their type', async () => {
  for (const ids of ['number', 'digits', 'uuid']) {
    const meters = ['c', 'a', 'b'].map((id) => ({ id, type: 'electricity' }));
    const { events: _none, ...withMeters } = siteOf('SP1', { meters });
    const world = await openWorld({ sites: [withMeters] }, {}, {}, [`ids=${ids}`, 'meter-fields=name']);
    expect(await world.run()).toMatchObject({ failures: [] });
    const { assets, meters: made } = world.state();
    const names = assets[0]?.meters.map((id) => made.find((meter) => meter.id === id)?.fields['name']);
    expect(names).toEqual(['SP1/c', 'SP1/a', 'SP1/b']);
    const sent = assets[0]?.fields['meterIds'];
    const type = ids === 'number' ? 'number' : 'string';
    expect(Array.isArray(sent) && sent.map((id) => typeof id)).toEqual([type, type, type]);
  }
});

async function makeAsset({ sandbox }: World, body: object): Promise<void> {
  const root = sandbox.wattcarbonUrl;
  const form = new URLSearchParams({ grant_type: 'password', username: 'a@b.org', password: 'key-1' });
  const login = await (await fetch(`${root}/auth/token`, { method: 'POST', body: form })).text();
  const token = /"access_token":"([^"]+)"/.exec(login)?.[1] ?? '';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const made = await fetch(`${root}/accounts/acct/assets`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(made.status).toBe(201);
}
