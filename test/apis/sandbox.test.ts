import { expect, onTestFinished, test } from 'vitest';
import type { CachedDocument } from '../../src/apis/openapi-source.ts';
import { createWattCarbon } from '../../src/apis/wattcarbon.ts';
import { createWattTime } from '../../src/apis/watttime.ts';
import type { RemoteObject } from '../../src/domain/remote.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';
import { countingHooks } from './wattcarbon-world.ts';
import { errorOf, plainWire, quick, testClock } from './loopback.ts';

async function openSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox({ clock: testClock() });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

const shared = { wire: plainWire(), clock: testClock(), version: '0.1.0', random: () => 0, retry: quick };

test('the strict sandbox takes what the WattTime client sends: 32 days, half open', async () => {
  const { watttimeUrl: url } = await openSandbox();
  const client = createWattTime({
    ...shared,
    url,
    user: 'u',
    password: 'Passw0rd!',
    loginWire: plainWire(),
    imputed: true,
  });
  const { region } = await client.regionAt('co2_moer', { latitude: 41.4797, longitude: -91.5813 });
  const start = Date.parse('2025-01-01T00:00:00Z');
  const end = start + 32 * 24 * 3_600_000;
  const history = await client.history({ signal: 'co2_moer', region }, { start, end });
  expect(history.points).toHaveLength((end - start) / 1000 / history.periodSeconds);
  expect([...history.points][0]?.model).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(await errorOf(client.regionAt('co2_moer', { latitude: 0, longitude: 0 }))).toMatchObject({
    code: 'watttime.absent',
  });
});

test('fact 8: every signal is asked for its own region, and fact 9: full names come without trailing spaces', async () => {
  const { watttimeUrl: url } = await openSandbox();
  const client = createWattTime({ ...shared, url, user: 'u', password: 'Passw0rd!', loginWire: plainWire() });
  const at = { latitude: 38.5, longitude: -122 };
  expect(await client.regionAt('co2_moer', at)).toMatchObject({ region: 'CAISO_NORTH' });
  expect(await client.regionAt('co2_aoer', at)).toMatchObject({ region: 'CAISO' });
  const { fullName } = await client.regionAt('co2_moer', { latitude: 41.4797, longitude: -91.5813 });
  expect(fullName).toBe('Midcontinent ISO Mason City');
});

test('the strict sandbox takes a meter, its data, an asset and its events, and lists them', async () => {
  const { wattcarbonUrl: url } = await openSandbox();
  const client = createWattCarbon({
    ...shared,
    url,
    account: 'acc-1',
    email: 'ops@example.com',
    apiKey: 'some-key-1234',
    openapi: 'auto',
    endpoints: {},
    allowUnverifiedEndpoints: false,
    cache: { get: () => Promise.resolve(undefined), set: (_document: CachedDocument) => Promise.resolve() },
    warn: (message) => expect.fail(message),
  });
  const send = async (creation: Parameters<typeof client.prepare>[0]): ReturnType<typeof client.send> =>
    client.send(await client.prepare(creation), countingHooks());
  const file = (text: string): { name: string; bytes: Uint8Array; contentType: 'text/csv' } => ({
    name: 'data.csv',
    bytes: new TextEncoder().encode(text),
    contentType: 'text/csv',
  });
  const meter = await send({
    operation: 'create_meter',
    path: {},
    fields: { apiProvider: 'manual', meterType: 'electricity', location: '60 Greene St Riverside IA' },
    optional: { customId: 'SP1/main' },
  });
  expect(meter.id).toBeTypeOf('number');
  const asset = {
    operation: 'create_asset' as const,
    path: {},
    fields: { name: 'A', kind: 'solar', customId: 'SP1', location: '60 Greene St', meterIds: [meter.id ?? ''] },
  };
  await send({
    operation: 'upload_meter_intervals',
    path: { meter_id: meter.id ?? '' },
    fields: {},
    file: file('start_datetime,energy_kwh\n2025-01-01T00:00:00+00:00,1.5\n2025-01-01T01:00:00+00:00,0\n'),
  });
  const { id } = await send(asset);
  expect(await errorOf(send(asset))).toMatchObject({ code: 'wattcarbon.conflict' });
  await send({
    operation: 'upload_asset_document',
    path: { asset_id: id ?? '' },
    fields: { type: 'demand_response_events' },
    file: file('Event Start Time,Event End Time\n2025-01-01 17:00:00-05:00,2025-01-01 20:00:00-05:00\n'),
  });
  const listed: RemoteObject[] = [];
  for await (const object of (await client.list(asset)) ?? []) listed.push(object);
  expect(listed).toMatchObject([{ id, fields: { customId: 'SP1' } }]);
  expect((await client.endpoints()).every(({ source }) => source === `openapi (${url}/openapi.json)`)).toBe(true);
});
