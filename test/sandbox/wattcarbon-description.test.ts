import { expect, test } from 'vitest';
import { ask, meter, solar } from './open-sandbox.ts';
import { account, type Switched, openSwitched } from './switched.ts';

type Schema = { readonly [keyword: string]: unknown };

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: { readonly [media: string]: { readonly schema: Schema } } };
}

interface Description {
  readonly servers?: readonly { readonly url: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
}

async function describe(...switches: readonly string[]): Promise<Description & { readonly api: Switched }> {
  const tokenPath = switches.includes('paths=v2') ? '/v2/auth/token' : '/auth/token';
  const api = await openSwitched(switches, { tokenPath });
  const description: Description = JSON.parse((await api.get('/openapi.json')).text);
  return { ...description, api };
}

const every = [
  ['paths=v2', 'servers=relative'],
  ['paths=v2', 'operation-ids=renamed-tag', 'upload-method=put', 'file-part=upload', 'ids=uuid'],
  ['paths=renamed', 'read-back=json', 'ids=digits', 'operation-ids=fastapi', 'paging=offset'],
  ['paths=flat', 'upload-body=csv', 'document-body=both', 'form-fields=required', 'operation-ids=camel-case'],
  ['schemas=composed', 'meter-fields=both', 'list-shape=items', 'paging=cursor', 'list-filters=working'],
  ['accounts=acme:key', 'lists=none', 'file-marks=both', 'servers=production'],
];

test.each(every)(
  'under %s %s every described operation is served, and every reference leads somewhere',
  async (...switches) => {
    const { api, paths, servers = [], components } = await describe(...switches);
    const server = servers[0]?.url ?? '/';
    const prefix = new URL(server, 'http://x').pathname.replace(/\/$/, '');
    const called = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(async (method) => {
        const filled = prefix + path.replace(/\{account_?[iI]d\}/, 'acme').replaceAll(/\{\w+\}/g, '1');
        const query = filled.includes('acme') ? '' : '?account_id=acme';
        const reply =
          method === 'get' ? await api.get(filled + query) : await api.send(method.toUpperCase(), filled + query, {});
        return [`${method} ${path}`, reply.status === 404 ? reply.json : reply.status];
      }),
    );
    expect(called.length).toBeGreaterThan(5);
    for (const [operation, outcome] of await Promise.all(called)) {
      expect([operation, outcome]).not.toEqual([operation, 405]);
      expect([operation, outcome]).not.toEqual([operation, { detail: 'Not Found' }]);
    }
    const references = [...JSON.stringify({ paths, components }).matchAll(/#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(references.map(([, name]) => name)));
  },
);

test.each([
  ['documented', 'Meters-create_meter', 'create_token_auth_token_post', 'Meters'],
  ['renamed-tag', 'PortfolioMeters-create_meter', 'PortfolioAuth-create_token', 'Portfolio Meters'],
  ['fastapi', 'create_meter_accounts__account_id__meters_post', 'create_token_auth_token_post', 'Meters'],
  ['camel-case', 'v2_Meters_createMeter', 'v2_Auth_createToken', 'Meters'],
])('operation-ids=%s', async (form, createMeter, token, tag) => {
  const { paths } = await describe(`operation-ids=${form}`);
  const post = paths['/accounts/{account_id}/meters']?.['post'];
  expect([post?.operationId, post?.tags]).toEqual([createMeter, [tag]]);
  expect(paths['/auth/token']?.['post']?.operationId).toBe(token);
});

test.each([
  ['none', undefined, '/v2/accounts/{account_id}/meters'],
  ['relative', [{ url: '/v2' }], '/accounts/{account_id}/meters'],
  ['production', [{ url: 'https://api.wattcarbon.com/v2' }], '/accounts/{account_id}/meters'],
])('servers=%s', async (form, servers, path) => {
  const description = await describe('paths=v2', `servers=${form}`);
  expect(description.servers).toEqual(servers);
  expect(Object.keys(description.paths)).toContain(path);
});

test('openapi=redoc: only the page says where the description is; openapi=none: nothing does', async () => {
  const { sandbox } = await openSwitched(['openapi=redoc']);
  const root = sandbox.wattcarbonUrl;
  expect((await ask(`${root}/openapi.json`)).status).toBe(404);
  const named = /spec-url="([^"]+)"/.exec((await ask(`${root}/`)).text)?.[1] ?? '';
  expect((await ask(root + named)).json).toMatchObject({ openapi: '3.1.0' });
  const silent = (await openSwitched(['openapi=none'])).sandbox.wattcarbonUrl;
  expect([(await ask(`${silent}/openapi.json`)).status, (await ask(`${silent}/`)).status]).toEqual([404, 404]);
});

test.each([
  ['binary', { format: 'binary' }, false],
  ['media-type', { contentMediaType: 'application/octet-stream' }, false],
  ['both', { format: 'binary', contentMediaType: 'application/octet-stream' }, true],
])('file-marks=%s, under the name that file-part gives', async (form, marks, hasBoth) => {
  const { components } = await describe(`file-marks=${form}`, 'file-part=upload');
  const body = components.schemas['Body_Meters-upload_meter_intervals'];
  expect(body).toMatchObject({ properties: { upload: { type: 'string', ...marks } }, required: ['upload'] });
  expect(JSON.stringify(body).includes('format') && JSON.stringify(body).includes('contentMediaType')).toBe(hasBoth);
});

test('form-fields=required: choices for intervals, a constant for bills, in the form or in the query', async () => {
  const { components } = await describe('form-fields=required');
  expect(components.schemas['Body_Meters-upload_meter_intervals']).toMatchObject({
    properties: {
      granularity: { enum: ['15min', '30min', 'hourly', 'daily'] },
      type: { enum: ['electricity', 'gas'] },
    },
    required: ['granularity', 'type', 'file'],
  });
  expect(components.schemas['Body_Meters-upload_meter_bills']).toMatchObject({
    properties: { granularity: { const: 'billing' } },
  });
  const { paths } = await describe('form-fields=required', 'upload-body=csv');
  const upload = paths['/accounts/{account_id}/meters/{meter_id}/intervals']?.['post'];
  expect(Object.keys(upload?.requestBody?.content ?? {})).toEqual(['text/csv']);
  expect(upload?.parameters?.slice(2)).toMatchObject([
    { name: 'granularity', in: 'query', required: true },
    { name: 'type', in: 'query', required: true },
  ]);
});

test('schemas=composed: one of the kinds by its discriminator, each the shared part and its own, null for absent', async () => {
  const { api, components } = await describe('schemas=composed');
  const { schemas } = components;
  expect(schemas['AssetCreate']).toMatchObject({
    oneOf: expect.arrayContaining([{ $ref: '#/components/schemas/SolarAssetCreate' }]),
    discriminator: { propertyName: 'kind', mapping: { solar: '#/components/schemas/SolarAssetCreate' } },
  });
  expect(schemas['SolarAssetCreate']).toMatchObject({
    allOf: [
      { $ref: '#/components/schemas/AssetBase' },
      { properties: { kind: { const: 'solar' } }, required: ['kind'] },
    ],
  });
  expect(schemas['AssetBase']).toMatchObject({
    properties: { utility: { anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] } },
    required: ['name', 'location'],
  });
  const post = async (body: unknown): Promise<number> => (await api.post(`${account}/assets`, body)).status;
  expect(await post({ ...solar, nameplateCapacityKw: null, panels: 12 })).toBe(201);
  expect(await post({ ...solar, customId: 'SP2', nameplateCapacityKw: 'much' })).toBe(422);
  expect(await post({ ...solar, customId: 'SP3', kind: 'windmill' })).toBe(422);
  expect(await post({ ...solar, customId: 'SP4', kind: 'electrification' })).toBe(422);
});

test('meter-fields: the schema has the names that are taken, and lists say how they page', async () => {
  const { components, paths } = await describe(
    'meter-fields=custom-id',
    'paging=page',
    'list-filters=working',
    'ids=uuid',
  );
  expect(components.schemas['ManualMeterCreate']).toMatchObject({
    properties: { customId: { type: 'string' } },
    additionalProperties: false,
  });
  expect(components.schemas['ManualMeterCreate']?.['properties']).not.toHaveProperty('name');
  const list = paths['/accounts/{account_id}/assets']?.['get'];
  expect(list?.parameters?.map(({ name }) => name)).toEqual(['account_id', 'page', 'limit', 'customId', 'kind']);
  const upload = paths['/accounts/{account_id}/meters/{meter_id}/intervals']?.['post'];
  expect(upload?.parameters?.[1]).toMatchObject({ name: 'meter_id', schema: { type: 'string', format: 'uuid' } });
});

test('paths=renamed: the description has its own parameter names, and what it says works', async () => {
  const { api, paths } = await describe('paths=renamed');
  const path = '/accounts/{accountId}/manual-meters/{id}/readings';
  expect(paths[path]?.['post']?.parameters?.map(({ name }) => name)).toEqual(['accountId', 'id']);
  expect((await api.post('/accounts/acme/manual-meters', meter)).status).toBe(201);
});
