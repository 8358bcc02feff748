import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EndpointSetting } from '../../src/apis/operations.ts';
import type { Creation, Prepared } from '../../src/domain/remote.ts';
import { errorOf, closedAddress, type Reply } from './loopback.ts';
import { documentOf, jsonOf, multipartOf, wholeDocument, type Described } from './openapi-documents.ts';
import { createWorld, type World } from './wattcarbon-world.ts';

const bytes = new TextEncoder().encode('start_datetime,energy_kwh\n');
const meter: Creation = {
  operation: 'create_meter',
  path: {},
  fields: { apiProvider: 'manual', meterType: 'gas', location: 'here' },
  optional: { customId: 'SP1/main', name: 'SP1/main' },
};
const intervals: Creation = {
  operation: 'upload_meter_intervals',
  path: { meter_id: 17 },
  fields: {},
  optional: { granularity: 'hourly' },
  file: { name: 'a.csv', bytes, contentType: 'text/csv' },
};
const events: Creation = {
  operation: 'upload_asset_document',
  path: { asset_id: 'as/1' },
  fields: { type: 'demand_response_events' },
  file: { name: 'events.csv', bytes, contentType: 'text/csv' },
};

function described(operations: readonly Described[], more?: (url: string) => object): Promise<World> {
  return createWorld({ document: (url) => ({ body: documentOf(operations, more?.(url)) }) });
}

/** Where a creation would go, as method and path. */
async function route(world: World, creation: Creation): Promise<string> {
  const { method, url } = await world.client.prepare(creation);
  return `${method} ${url.replace(world.server.url, '')}`;
}

function given(
  endpoints: Readonly<Record<string, EndpointSetting>>,
  document?: (url: string) => Reply,
): Promise<World> {
  return createWorld({ ...(document && { document }), settings: { endpoints } });
}

test.each([
  'Meters-create_meter',
  'v2_Meters-create_meter',
  'Devices-create_meter',
  'meters_create_meter',
  'create_meter',
  'Meters-createMeter',
  'meters.create_meter',
  'create_meter_v2_accounts__account_id__meters_post',
  'meters_create_meter_v2_accounts__account_id__meters_post',
])('the operation named %s is found', async (id) => {
  const world = await described([{ id, path: '/v2/accounts/{account_id}/meters', content: jsonOf({}) }]);
  expect(await route(world, meter)).toBe('POST /v2/accounts/acc-1/meters');
});

test('the exact name wins, and neither bulk operations nor readers are taken for it', async () => {
  const content = jsonOf({});
  const world = await described([
    { id: 'Admin-create_meter', path: '/admin/meters', content },
    { id: 'Meters-create_meter', path: '/right', content },
  ]);
  expect(await route(world, meter)).toBe('POST /right');
  const bulk = await described([
    { id: 'Meters-bulk_create_meter', path: '/bulk', content },
    { id: 'Meters-create_meter', method: 'get', path: '/reader' },
  ]);
  expect(await errorOf(bulk.client.prepare(meter))).toMatchObject({ code: 'wattcarbon.endpoint-unverified' });
});

test('a deprecated namesake is passed over, equals are refused', async () => {
  const content = jsonOf({});
  const old = { id: 'v1_Meters-create_meter', path: '/v1', content };
  const recent = { id: 'v2_Meters-create_meter', path: '/v2', content };
  expect(await route(await described([{ ...old, more: { deprecated: true } }, recent]), meter)).toBe('POST /v2');
  const error = await errorOf((await described([old, recent])).client.prepare(meter));
  expect(error).toMatchObject({ code: 'wattcarbon.operation-ambiguous' });
  expect(error.message).toContain('wattcarbon.endpoints.create_meter');
});

test('the verb, the file part and the media type come from the document', async () => {
  const put = await described([
    {
      id: 'Meters-upload_meter_intervals',
      method: 'put',
      path: '/meters/{meterId}/data',
      content: multipartOf({ csv_upload: { type: 'string', contentMediaType: 'application/octet-stream' } }),
    },
  ]);
  const prepared = await put.client.prepare(intervals);
  expect(prepared).toMatchObject({ method: 'PUT', url: `${put.server.url}/meters/17/data` });
  expect(prepared.request).toMatchObject({ media: 'multipart', filePart: 'csv_upload', fields: {} });

  const raw = await described([
    {
      id: 'Meters-upload_meter_intervals',
      path: '/intervals',
      content: { 'text/csv; charset=utf-8': { schema: { type: 'string' } } },
      more: {
        parameters: [
          { name: 'meter_id', in: 'query', required: true, schema: {} },
          { name: 'granularity', in: 'query', schema: { enum: ['15MIN', 'HOURLY'] } },
        ],
      },
    },
  ]);
  const rawPrepared = await raw.client.prepare(intervals);
  expect(rawPrepared.url).toBe(`${raw.server.url}/intervals?granularity=HOURLY&meter_id=17`);
  expect(rawPrepared.request).toMatchObject({ media: 'csv', fields: {} });
  expect(rawPrepared.request.filePart).toBeUndefined();
});

test('references are followed through bodies, schemas and parameters, and circles end', async () => {
  const world = await described(
    [
      {
        id: 'Meters-upload_meter_intervals',
        path: '/accounts/{account_id}/meters/{meter_id}/intervals',
        more: {
          requestBody: { $ref: '#/components/requestBodies/Upload' },
          parameters: [{ $ref: '#/components/parameters/Kind' }],
        },
      },
    ],
    () => ({
      components: {
        parameters: {
          Kind: { name: 'kind', in: 'query', required: true, schema: { $ref: '#/components/schemas/Kind' } },
        },
        requestBodies: {
          Upload: { content: { 'multipart/form-data': { schema: { $ref: '#/components/schemas/Body~1a%20b' } } } },
        },
        schemas: {
          Kind: { type: 'string', default: 'usage' },
          'Body/a b': {
            allOf: [{ $ref: '#/components/schemas/Base' }],
            required: ['granularity'],
            properties: { self: { $ref: '#/components/schemas/Body~1a%20b' } },
          },
          Base: {
            properties: {
              readings: { anyOf: [{ type: 'string', format: 'binary' }, { type: 'null' }] },
              granularity: { $ref: '#/components/schemas/Granularity' },
            },
            anyOf: [{ $ref: '#/components/schemas/Base' }, { $ref: '#/components/schemas/Nothing' }],
          },
          Granularity: { enum: ['hourly', 'daily'] },
          Loop: { $ref: '#/components/schemas/Loop' },
          Nothing: { $ref: '#/components/schemas/Loop' },
        },
      },
    }),
  );
  const { url, request, sent } = await world.client.prepare(intervals);
  expect(url).toBe(`${world.server.url}/accounts/acc-1/meters/17/intervals?kind=usage`);
  expect(request).toMatchObject({ filePart: 'readings', fields: { granularity: 'hourly' } });
  expect(sent).toEqual({ kind: 'usage', granularity: 'hourly' });
});

test.each([
  ['a path', () => '/v3', '/v3/accounts/acc-1/meters'],
  ['an address with a variable', (url: string) => `${url}/{version}/`, '/v4/accounts/acc-1/meters'],
  [
    "a stranger's address, of which only the path is used",
    () => 'https://evil.example/api',
    '/api/accounts/acc-1/meters',
  ],
])('servers apply: %s', async (_name, server, path) => {
  const world = await described(wholeDocument, (url) => ({
    servers: [{ url: server(url), variables: { version: { default: 'v4' } } }],
  }));
  expect(await route(world, meter)).toBe(`POST ${path}`);
  expect(world.warnings.length).toBe(path.startsWith('/api') ? 1 : 0);
});

test('path parameters are filled by name, by the resource before them, and by position', async () => {
  for (const [path, filled] of [
    ['/accounts/{accountId}/meters/{meterId}/x', '/accounts/acc-1/meters/17/x'],
    ['/meters/{id}/x', '/meters/17/x'],
    ['/accounts/{id}/meters/{uuid}/x', '/accounts/acc-1/meters/17/x'],
    ['/orgs/{org}/points/{point}/x', '/orgs/acc-1/points/17/x'],
    ['/points/{point}/x', '/points/17/x'],
  ] as const) {
    const world = await described([{ id: 'Meters-upload_meter_intervals', path, content: multipartOf({}) }]);
    expect(await route(world, intervals)).toBe(`POST ${filled}`);
  }
});

test('an id in a path is encoded', async () => {
  expect(await route(await createWorld(), events)).toBe('POST /accounts/acc-1/assets/as%2F1/documents');
});

test('a path without a place for the meter is refused', async () => {
  const world = await described([{ id: 'Meters-upload_meter_intervals', path: '/upload', content: multipartOf({}) }]);
  expect(await errorOf(world.client.prepare(intervals))).toMatchObject({ code: 'wattcarbon.field-unknown' });
  const inForm = await described([
    { id: 'Meters-upload_meter_intervals', path: '/upload', content: multipartOf({ meterId: {} }) },
  ]);
  expect((await inForm.client.prepare(intervals)).request.fields).toEqual({ meterId: 17 });
});

test('a required field nobody can fill is named with the setting that fills it', async () => {
  const document = (): Reply => ({
    body: documentOf([
      {
        id: 'Meters-upload_meter_intervals',
        path: '/accounts/{account_id}/meters/{meter_id}/i',
        content: multipartOf({ file: { format: 'binary' }, source: { enum: ['a', 'b'] } }, ['file', 'source']),
      },
    ]),
  });
  const error = await errorOf((await createWorld({ document })).client.prepare(intervals));
  expect(error).toMatchObject({ code: 'wattcarbon.field-unknown' });
  expect(error.message).toContain('"source" (one of "a", "b")');
  expect(error.message).toContain('wattcarbon.endpoints.upload_meter_intervals.fields');
  const world = await given({ upload_meter_intervals: { fields: { source: 'b' } } }, document);
  expect((await world.client.prepare(intervals)).request.fields).toEqual({ source: 'b' });
});

test('constants and defaults fill required fields; a value that is not allowed is refused', async () => {
  const world = await described([
    {
      id: 'Documents-upload_asset_document',
      path: '/assets/{asset_id}/documents',
      content: multipartOf({ type: { enum: ['utility_bill'] }, lang: { default: 'en' }, v: { const: 2 } }, [
        'type',
        'lang',
        'v',
      ]),
    },
  ]);
  const error = await errorOf(world.client.prepare(events));
  expect(error).toMatchObject({ code: 'wattcarbon.field-invalid' });
  expect(error.message).toContain('only "utility_bill", not "demand_response_events"');
  const { request } = await world.client.prepare({ ...events, fields: {} });
  expect(request.fields).toEqual({ type: 'utility_bill', lang: 'en', v: 2 });
});

test('optional fields are sent only where the schema has them, and dropped where it allows no such value', async () => {
  const world = await createWorld();
  expect((await world.client.prepare(meter)).sent).toEqual({ ...meter.fields, customId: 'SP1/main' });
  const bare = await described([{ id: 'Meters-create_meter', path: '/meters', content: { 'application/json': {} } }]);
  expect((await bare.client.prepare(meter)).sent).toEqual(meter.fields);
  const other = await described([
    {
      id: 'Meters-upload_meter_intervals',
      path: '/m/{meter_id}',
      content: multipartOf({ granularity: { enum: ['daily'] } }),
    },
  ]);
  expect((await other.client.prepare(intervals)).sent).toEqual({});
});

test('an upload that takes only JSON cannot be sent, and the error says what to set', async () => {
  const world = await described([{ id: 'Meters-upload_meter_intervals', path: '/m/{meter_id}', content: jsonOf({}) }]);
  expect(await errorOf(world.client.prepare(intervals))).toMatchObject({ code: 'wattcarbon.media-unsupported' });
});

test('the manifest wins over the document', async () => {
  const world = await given({
    'Meters-upload_meter_intervals': { method: 'PUT', path: '/mine/{meter_id}', file: 'part', fields: { note: 'x' } },
  });
  const prepared = await world.client.prepare(intervals);
  expect(prepared).toMatchObject({ method: 'PUT', url: `${world.server.url}/mine/17` });
  expect(prepared.request).toMatchObject({ media: 'multipart', filePart: 'part', fields: { note: 'x' } });
  const raw = await given({ upload_meter_intervals: { path: '/raw/{meter_id}', media: 'csv' } });
  expect((await raw.client.prepare(intervals)).request.media).toBe('csv');
});

test('an entry of endpoints that names no operation is told', async () => {
  const world = await given({ 'Meters-create_metre': { path: '/x' } });
  await world.client.prepare(meter);
  expect(world.warnings.join()).toContain('"Meters-create_metre" is no operation');
});

test('without a description, documented defaults serve and guesses are refused unless allowed', async () => {
  const document = (): Reply => ({ status: 404, body: { detail: 'Not Found' } });
  const world = await createWorld({ document });
  expect(await route(world, { operation: 'create_asset', path: {}, fields: {} })).toBe('POST /accounts/acc-1/assets');
  const error = await errorOf(world.client.prepare(meter));
  expect(error).toMatchObject({ name: 'WattliftError', code: 'wattcarbon.endpoint-unverified' });
  expect(error.message).toContain('wattcarbon.endpoints');
  expect(error.message).toContain('allowUnverifiedEndpoints');
  const allowed = await createWorld({ document, settings: { allowUnverifiedEndpoints: true } });
  expect(await route(allowed, intervals)).toBe('POST /accounts/acc-1/meters/17/intervals');
  expect(await allowed.client.list(meter)).toBeUndefined();
});

test('a method given by hand makes no guess of a path better', async () => {
  const document = (): Reply => ({ status: 404, body: { detail: 'Not Found' } });
  const world = await given({ create_meter: { method: 'PUT' }, create_asset: { method: 'PUT' } }, document);
  expect(await errorOf(world.client.prepare(meter))).toMatchObject({ code: 'wattcarbon.endpoint-unverified' });
  const [, guess] = await world.client.endpoints();
  expect(guess).toMatchObject({ operation: 'Meters-create_meter', method: 'PUT', source: 'default (unverified)' });
  expect(await route(world, { operation: 'create_asset', path: {}, fields: {} })).toBe('PUT /accounts/acc-1/assets');
  const changing = await given({ update_asset: { method: 'PUT' } }, document);
  expect(await changing.client.assetUpdate()).toBeUndefined();
});

test('the description is fetched once, with our user agent and without a token, and kept', async () => {
  const world = await createWorld();
  await Promise.all([world.client.prepare(meter), world.client.prepare(intervals), world.client.endpoints()]);
  expect(world.server.seen.map(({ url }) => url.pathname)).toEqual(['/openapi.json']);
  expect(world.server.seen[0]?.headers).toMatchObject({ 'user-agent': 'wattlift/0.1.0' });
  expect(world.server.seen[0]?.headers.authorization).toBeUndefined();
  expect([...world.kept.values()]).toMatchObject([{ url: `${world.server.url}/openapi.json`, at: world.clock.now() }]);
});

test('the ReDoc page leads to the description', async () => {
  const world = await createWorld({
    document: () => ({ status: 404 }),
    answer: ({ url }) => (url.pathname === '/docs/spec.json' ? { body: documentOf(wholeDocument) } : { status: 404 }),
  });
  expect(await errorOf(world.client.prepare(meter))).toMatchObject({ code: 'wattcarbon.endpoint-unverified' });
  const redoc = await createWorld({
    document: () => ({ status: 404 }),
    answer: ({ url }) => {
      if (url.pathname === '/') return { body: '<html><redoc spec-url="/docs/spec.json"></redoc></html>' };
      return url.pathname === '/docs/spec.json' ? { body: documentOf(wholeDocument) } : { status: 404 };
    },
  });
  expect(await route(redoc, meter)).toBe('POST /accounts/acc-1/meters');
});

test('a description found through the ReDoc page is recorded under its own address, and found again offline', async () => {
  const servers = [{ url: './v2' }];
  let up = true;
  const world = await createWorld({
    document: () => ({ status: up ? 404 : 503 }),
    answer: ({ url }) => {
      if (url.pathname === '/') return { body: '<html><redoc spec-url="/docs/spec.json"></redoc></html>' };
      return url.pathname === '/docs/spec.json' ? { body: documentOf(wholeDocument, { servers }) } : { status: 404 };
    },
  });
  expect(await route(world, meter)).toBe('POST /docs/v2/accounts/acc-1/meters');
  const sources = (await world.client.endpoints()).map(({ source }) => source);
  expect(sources).toContain(`openapi (${world.server.url}/docs/spec.json)`);
  expect(world.kept.get(`${world.server.url}/docs/spec.json`)?.body).toContain('openapi');
  expect(world.kept.has(`${world.server.url}/openapi.json`)).toBe(false);
  expect(await world.client.endpoints({ offline: true })).toEqual(await world.client.endpoints());
  up = false;
  const seen = world.server.seen.length;
  await world.client.endpoints({ offline: true });
  expect(world.server.seen).toHaveLength(seen);
});

test('in an outage the kept description serves, with a warning; with none kept it is an error that is not remembered', async () => {
  let up = true;
  const document = (): Reply => (up ? { body: documentOf(wholeDocument) } : { status: 503 });
  const first = await createWorld({ document });
  await first.client.prepare(meter);
  const [kept] = first.kept.values();
  up = false;
  const second = await createWorld({ document });
  expect(await errorOf(second.client.prepare(meter))).toMatchObject({ code: 'wattcarbon.outage' });
  if (kept) second.kept.set(`${second.server.url}/openapi.json`, kept);
  await second.client.prepare(meter);
  expect(second.warnings.join()).toContain('kept from an earlier run');
  up = true;
});

test('offline, only the manifest, the kept description and the defaults count, and no socket is opened', async () => {
  const world = await createWorld();
  const before = await world.client.endpoints({ offline: true });
  expect(before.find(({ operation }) => operation === 'Meters-create_meter')).toMatchObject({
    method: 'POST',
    path: '/accounts/{account_id}/meters',
    source: 'default (unverified)',
  });
  expect(before.find(({ operation }) => operation === 'Assets-create_asset')?.source).toBe('default (documented)');
  expect(world.server.seen).toHaveLength(0);
  await world.client.endpoints();
  const after = await world.client.endpoints({ offline: true });
  expect(after).toEqual(await world.client.endpoints());
  expect(after.find(({ operation }) => operation === 'list_meters')).toEqual({
    operation: 'list_meters',
    method: 'GET',
    path: '/accounts/{account_id}/meters',
    source: `openapi (${world.server.url}/openapi.json)`,
  });
  expect(after.some(({ operation }) => operation === 'list_asset_documents')).toBe(false);
});

test('the description may be a file, in YAML too, another address, or off', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-'));
  const path = join(folder, 'api.yaml');
  await writeFile(
    path,
    'openapi: 3.0.0\nservers: [{url: /v9}]\npaths:\n  /meters:\n    post:\n      operationId: Meters-create_meter\n      requestBody: {content: {application/json: {}}}\n',
  );
  const world = await createWorld({ settings: { openapi: path } });
  expect(await route(world, meter)).toBe('POST /v9/meters');
  expect(world.server.seen).toHaveLength(0);
  expect(
    await errorOf((await createWorld({ settings: { openapi: join(folder, 'none') } })).client.prepare(meter)),
  ).toMatchObject({
    code: 'wattcarbon.openapi-unreadable',
  });
  const other = await createWorld();
  const elsewhere = await createWorld({ settings: { openapi: `${other.server.url}/openapi.json` } });
  expect(await route(elsewhere, meter)).toBe('POST /accounts/acc-1/meters');
  const gone = await createWorld({ settings: { openapi: `${await closedAddress()}/openapi.json` } });
  expect(await errorOf(gone.client.prepare(meter))).toMatchObject({ code: 'wattcarbon.unsent' });
  const off = await createWorld({ settings: { openapi: 'off' } });
  expect(await errorOf(off.client.prepare(meter))).toMatchObject({ code: 'wattcarbon.endpoint-unverified' });
  expect(off.server.seen).toHaveLength(0);
});

test('a path that needs the account says so when there is none', async () => {
  const world = await createWorld({ settings: { account: undefined } });
  expect(await errorOf(world.client.prepare(meter))).toMatchObject({
    name: 'AccessError',
    code: 'wattcarbon.account-missing',
  });
});

test('the fingerprint tells requests apart by operation, account, address, fields and file, and not by port', async () => {
  const fingerprint = async (creation: Creation, account = 'acc-1'): Promise<Prepared['fingerprint']> =>
    (await createWorld({ settings: { account, scope: `sandbox/${account}` } })).client
      .prepare(creation)
      .then((prepared) => prepared.fingerprint);
  const same = await fingerprint(intervals);
  expect(
    await fingerprint({
      ...intervals,
      file: { name: 'b.csv', bytes: Uint8Array.from(bytes), contentType: 'text/csv' },
    }),
  ).toBe(same);
  const others = await Promise.all([
    fingerprint({ ...intervals, path: { meter_id: 18 } }),
    fingerprint({ ...intervals, operation: 'upload_meter_bills' }),
    fingerprint({ ...intervals, file: { name: 'a.csv', bytes: new Uint8Array([1]), contentType: 'text/csv' } }),
    fingerprint(intervals, 'acc-2'),
    fingerprint(meter),
    fingerprint({ ...meter, fields: { ...meter.fields, location: 'there' } }),
  ]);
  expect(new Set([same, ...others]).size).toBe(7);
});

test('a web page in place of the description is told, and the defaults serve', async () => {
  const world = await createWorld({ document: () => ({ body: '<!doctype html><html><body>app</body></html>' }) });
  expect(await errorOf(world.client.prepare(meter))).toMatchObject({ code: 'wattcarbon.endpoint-unverified' });
  expect(world.warnings.join()).toContain('is not an OpenAPI 3 document');
});
