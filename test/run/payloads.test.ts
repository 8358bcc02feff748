import { expect, test } from 'vitest';
import { documentOf, jsonOf, wholeDocument } from '../apis/openapi-documents.ts';
import { openWorld } from './open-run.ts';
import { bareMeter, hourly, oneOfEach, holdings, siteOf, writesOf } from './sites.ts';

const files = { 'main.csv': hourly() };
const composed = ['schemas=composed'];

/** An asset that the composed schemas refuse, for two reasons. */
const wrong = { kind: 'solar', nameplateCapacityKw: 5, inverterDataId: 7, externalRegistryAssetId: 8 };

test('a site whose asset the description refuses sends nothing at all, and the others are done', async () => {
  const world = await openWorld({ sites: [siteOf('SP1', { asset: wrong }), siteOf('SP2')] }, files, {}, composed);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1, failed: 1 } });
  expect(holdings(world)).toEqual(oneOfEach);
  const messages = end.failures.map(({ code, message }) => `${code} ${message}`);
  expect(messages).toEqual([
    expect.stringMatching(
      /^wattcarbon\.payload-invalid .*pipeline\.yaml:1:\d+ .*"inverterDataId" must be of type string/,
    ),
    expect.stringMatching(/^wattcarbon\.payload-invalid .*"externalRegistryAssetId" must be of type string/),
  ]);
});

test('a plan says the same from the description that was kept, at the place in the manifest, and that a run would stop', async () => {
  const world = await openWorld({ sites: [bareMeter('SP0')] }, files, {}, composed);
  await world.write({ sites: [siteOf('SP1', { asset: wrong })] });
  // Nothing is known of the API yet.
  expect(await world.plan()).toMatchObject({ problems: [], stops: false, steps: { asset: { do: 1 } } });
  await world.write({ sites: [bareMeter('SP0')] });
  await world.run();
  await world.write({ sites: [siteOf('SP1', { asset: wrong })] });
  const { problems, stops } = await world.plan();
  expect(stops).toBe(true);
  expect(problems.map(({ code, site }) => [code, site])).toEqual([
    ['wattcarbon.payload-invalid', 'SP1'],
    ['wattcarbon.payload-invalid', 'SP1'],
  ]);
  const columns = problems.map(({ line, column }) => [line, column]);
  expect(new Set(columns.map(String)).size).toBe(2);
  expect((await world.plan(['meter'])).problems).toEqual([]);
});

test('what was made once is not held against a description that came later; what is new is', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, files);
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  const [token, ...others] = wholeDocument;
  const strict = others.map((one) =>
    one.id === 'Assets-create_asset' ? { ...one, content: jsonOf({}, ['colour']) } : one,
  );
  await world.put({ 'api.json': JSON.stringify(documentOf(token === undefined ? strict : [token, ...strict])) });
  await world.write({ sites: [siteOf('SP1'), siteOf('SP2')], wattcarbon: { openapi: 'api.json' } });
  const { problems } = await world.plan();
  expect(problems).toMatchObject([{ code: 'wattcarbon.field-unknown', site: 'SP2' }]);
  expect(await world.run()).toMatchObject({ sites: { done: 1, failed: 1 } });
  expect(holdings(world)).toEqual(oneOfEach);
});

test('what the manifest says of a field in endpoints is not held against it', async () => {
  const fields = { source: 'wattlift' };
  const endpoints = { create_meter: { path: '/accounts/{account_id}/meters', fields } };
  const world = await openWorld({ sites: [bareMeter('SP1')], wattcarbon: { endpoints } });
  expect((await world.plan()).problems).toEqual([]);
  // The API itself has the last word.
  expect((await world.run()).failures).toMatchObject([{ code: 'wattcarbon.invalid' }]);
});

test('without a description, fields that the guide does not show for the kind are told once, and pass', async () => {
  const asset = { kind: 'solar', areaSqft: 900, colour: 'red' };
  const sites = [siteOf('SP1', { asset }), siteOf('SP2', { asset })];
  const wattcarbon = { openapi: 'off', allowUnverifiedEndpoints: true };
  const world = await openWorld({ sites, wattcarbon }, files, {}, ['openapi=none']);
  const { problems, warnings, stops } = await world.plan();
  expect([problems, stops]).toEqual([[], false]);
  expect(warnings.map(({ code, site, message }) => [code, site, message.includes('"solar"')])).toEqual([
    ['asset.field-unknown', 'SP1', true],
    ['asset.field-unknown', 'SP1', true],
  ]);
  expect(await world.run()).toMatchObject({ sites: { done: 2 }, failures: [] });
});

test('a form that demands what nobody knows fails the site before its meter is made, and names the setting', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, files, {}, ['form-fields=required']);
  await world.put({
    'main.csv': 'interval_start,energy_kwh\n2025-01-30T00:00:00Z,1\n2025-01-30T00:10:00Z,1\n2025-01-30T00:20:00Z,1\n',
  });
  const end = await world.run();
  expect(end.failures).toMatchObject([{ code: 'wattcarbon.field-unknown', step: 'upload' }]);
  expect(end.failures[0]?.message).toContain('wattcarbon.endpoints.upload_meter_intervals.fields');
  expect(writesOf(end)).toEqual({});
});
