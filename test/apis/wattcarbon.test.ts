import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { Creation, RemoteObject } from '../../src/domain/remote.ts';
import type { WattCarbon } from '../../src/steps/tools.ts';
import { ApiError } from '../../src/domain/errors.ts';
import { errorOf, quick, type Reply, type Seen } from './loopback.ts';
import { documentOf, jsonOf, multipartOf, wholeDocument } from './openapi-documents.ts';
import { apiKey, countingHooks, createWorld, email, type World, type WorldOptions } from './wattcarbon-world.ts';

const csv = 'Event Start Time,Event End Time\n';
const asset: Creation = {
  operation: 'create_asset',
  path: {},
  fields: { name: 'A', customId: 'SP1', kind: 'solar', meterIds: [7, 'm8'] },
};
const meter: Creation = {
  operation: 'create_meter',
  path: {},
  fields: { apiProvider: 'manual', meterType: 'gas', location: 'x' },
};
const events: Creation = {
  operation: 'upload_asset_document',
  path: { asset_id: 5 },
  fields: { type: 'demand_response_events' },
  file: { name: 'events.csv', bytes: new TextEncoder().encode(csv), contentType: 'text/csv' },
};
const intervals: Creation = { ...events, operation: 'upload_meter_intervals', path: { meter_id: 'm-9' }, fields: {} };

async function send(world: World, creation: Creation, hooks = countingHooks()): ReturnType<WattCarbon['send']> {
  return world.client.send(await world.client.prepare(creation), hooks);
}

async function sendAgainst(reply: Reply, creation: Creation, more: WorldOptions = {}): Promise<Error> {
  return errorOf(send(await createWorld({ ...more, answer: () => reply }), creation));
}

async function listAll(world: World, creation: Creation): Promise<readonly RemoteObject[]> {
  const found: RemoteObject[] = [];
  for await (const object of (await world.client.list(creation)) ?? []) found.push(object);
  return found;
}

test('it is what the steps take for WattCarbon', async () => {
  const { client } = await createWorld();
  const tool: WattCarbon = client;
  expect(tool.scope).toMatch(/\/accounts\/acc-1$/);
});

test('the token is asked for with a form, and an asset is created with its numbers as numbers', async () => {
  const world = await createWorld({ answer: () => ({ status: 201, body: { id: 41, name: 'A' } }) });
  const hooks = countingHooks();
  expect(await send(world, asset, hooks)).toEqual({ id: 41, answer: { id: 41, name: 'A' } });
  const login = world.server.seen.find(({ url }) => url.pathname === '/auth/token');
  expect(login?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  expect(Object.fromEntries(new URLSearchParams(login?.body))).toEqual({
    grant_type: 'password',
    username: email,
    password: apiKey,
  });
  const [call] = world.calls();
  expect(call).toMatchObject({
    method: 'POST',
    headers: { authorization: 'Bearer token-1', 'content-type': 'application/json', 'user-agent': 'wattlift/0.1.0' },
  });
  expect(JSON.parse(call?.body ?? '')).toEqual(asset.fields);
  expect(hooks.sends()).toBe(1);
});

test.each([
  [{ id: 7 }, 7],
  [{ id: '7' }, '7'],
  [{ data: { id: 7 } }, 7],
  [{ meter: { id: 'x' } }, 'x'],
  [{ meter_id: 7 }, 7],
])('the answer %j has the id %j, its type kept', async (body, id) => {
  expect((await send(await createWorld({ answer: () => ({ body }) }), meter)).id).toBe(id);
});

test.each([{ ok: true }, '<html>Created</html>', { id: null }, '{"id": 9007199254740993}', ''])(
  'a creation answered 200 with %j is of unknown outcome',
  async (body) => {
    const error = await sendAgainst({ body }, meter);
    expect(error).toMatchObject({ code: 'wattcarbon.unreadable', outcomeUnknown: true });
    expect(error.message).toContain('the next try looks before it sends again');
  },
);

test('a document goes as multipart, with its type, its length and its own name', async () => {
  const world = await createWorld({ answer: () => ({ status: 204 }) });
  expect(await send(world, events)).toEqual({ answer: '' });
  const [call] = world.calls();
  expect(call?.url.pathname).toBe('/accounts/acc-1/assets/5/documents');
  expect(call?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(Number(call?.headers['content-length'])).toBe(call?.body.length);
  expect(call?.body).toContain('name="type"\r\n\r\ndemand_response_events');
  expect(call?.body).toMatch(
    /name="file"; filename="events.csv"\r\nContent-Type: text\/csv\r\n\r\nEvent Start Time,Event End Time\n\r\n/,
  );
});

test('an upload resolved as raw CSV by PUT goes as its bytes', async () => {
  const path = '/accounts/{account_id}/meters/{meter_id}/intervals';
  const world = await createWorld({
    document: () => ({
      body: documentOf([
        {
          id: 'Meters-upload_meter_intervals',
          method: 'put',
          path,
          content: { 'text/csv': { schema: { type: 'string' } } },
        },
      ]),
    }),
    answer: () => ({ status: 202, body: { id: 'job-1', accepted: 1 } }),
  });
  expect(await send(world, intervals)).toEqual({ id: 'job-1', answer: { id: 'job-1', accepted: 1 } });
  expect(world.calls()[0]).toMatchObject({
    method: 'PUT',
    body: csv,
    headers: { 'content-type': 'text/csv', 'content-length': String(csv.length) },
  });
});

test('a form body is sent where the document wants one', async () => {
  const world = await createWorld({
    document: () => ({
      body: documentOf([
        { id: 'Meters-create_meter', path: '/meters', content: { 'application/x-www-form-urlencoded': {} } },
      ]),
    }),
    answer: () => ({ body: { id: 1 } }),
  });
  await send(world, meter);
  expect(world.calls()[0]?.body).toBe('apiProvider=manual&meterType=gas&location=x');
});

test('a 401 on a write renews the token and sends once more, hook included', async () => {
  const world = await createWorld({ answer: () => ({ body: { id: 1 } }), isGood: (token) => token !== 'token-1' });
  const hooks = countingHooks();
  expect((await send(world, asset, hooks)).id).toBe(1);
  expect(hooks.sends()).toBe(2);
  expect(world.server.count('/auth/token')).toBe(2);
  expect(world.calls().map(({ body }) => body)).toEqual([JSON.stringify(asset.fields), JSON.stringify(asset.fields)]);
});

test('a second 401 is an access error', async () => {
  const world = await createWorld({ isGood: () => false });
  expect(await errorOf(send(world, asset))).toMatchObject({ name: 'AccessError', code: 'wattcarbon.token-refused' });
});

test('the token is renewed before it ends: after a day, or when expires_in says', async () => {
  const daily = await createWorld({ answer: () => ({ body: { id: 1 } }) });
  await send(daily, asset);
  daily.clock.pass(23 * 3_600_000);
  await send(daily, asset);
  expect(daily.server.count('/auth/token')).toBe(1);
  daily.clock.pass(55 * 60_000);
  await send(daily, asset);
  expect(daily.server.count('/auth/token')).toBe(2);

  const short = await createWorld({
    token: () => ({ body: { access_token: 'abcd', expires_in: '600' } }),
    answer: () => ({ body: { id: 1 } }),
  });
  await send(short, asset);
  short.clock.pass(500_000);
  await send(short, asset);
  expect(short.server.count('/auth/token')).toBe(2);
});

test.each([400, 401, 403, 422])('a login answered %i is refused for this run', async (status) => {
  const world = await createWorld({ token: () => ({ status, body: { detail: `wrong key ${apiKey}` } }) });
  const error = await errorOf(send(world, asset));
  expect(error).toMatchObject({ name: 'AccessError', code: 'wattcarbon.credentials-refused' });
  expect(error.message).toContain('check WATTCARBON_EMAIL and WATTCARBON_API_KEY');
  expect(inspect(error, { depth: 10 })).not.toContain(apiKey);
  await errorOf(send(world, asset));
  expect(world.server.count('/auth/token')).toBe(1);
});

test('a login lost in an outage is repeated, and then told as a write that was never sent', async () => {
  const world = await createWorld({ token: () => ({ status: 503 }) });
  const hooks = countingHooks();
  const error = await errorOf(send(world, asset, hooks));
  expect(error).toMatchObject({ code: 'wattcarbon.unsent', outcomeUnknown: false });
  expect(error.message).toContain('nothing was sent, since logging in to WattCarbon');
  expect(world.server.count('/auth/token')).toBe(1 + quick.limit);
  expect(hooks.sends()).toBe(0);
});

test('a refused write whose new login fails was not done', async () => {
  let logins = 0;
  const world = await createWorld({
    isGood: () => false,
    token: () => (logins++ === 0 ? { body: { access_token: 'first' } } : { status: 503 }),
  });
  expect(await errorOf(send(world, asset))).toMatchObject({ code: 'wattcarbon.unsent', outcomeUnknown: false });
});

test.each<[Reply, Creation, string]>([
  [{ status: 409, body: { detail: 'x' } }, asset, 'conflict'],
  [{ status: 400, body: { detail: 'customId SP1 is taken' } }, asset, 'conflict'],
  [
    { status: 422, body: { detail: [{ loc: ['body', 'custom_id'], msg: 'in use', type: 'value_error' }] } },
    asset,
    'conflict',
  ],
  [{ status: 400, body: { detail: 'Asset already exists' } }, asset, 'conflict'],
  [{ status: 400, body: { detail: 'readings already uploaded' } }, intervals, 'conflict'],
  [{ status: 422, body: { detail: 'row 7: duplicate timestamp' } }, intervals, 'invalid'],
  [{ status: 400, body: { detail: 'line 7 is already in the file' } }, intervals, 'invalid'],
  [
    { status: 422, body: { detail: [{ loc: ['body', 'customId'], msg: 'field required', type: 'missing' }] } },
    asset,
    'invalid',
  ],
  [{ status: 422, body: { detail: 'unknown kind' } }, asset, 'invalid'],
  [{ status: 413, body: '<html>Request Entity Too Large</html>' }, intervals, 'too-large'],
  [{ status: 404, body: { detail: 'no such meter' } }, intervals, 'absent'],
  [{ status: 429, headers: { 'retry-after': '1' } }, asset, 'limited'],
  [{ status: 500, body: '<!DOCTYPE html><html><body>Internal Server Error</body></html>' }, asset, 'outage'],
])('%j to %j is %s', async (reply, creation, kind) => {
  const error = await sendAgainst(reply, creation);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: `wattcarbon.${kind}`, details: { kind, status: reply.status } });
});

test('a write is sent once, whatever comes back', async () => {
  for (const reply of [
    { status: 503 },
    { status: 429 },
    { cut: 'before' },
    { cut: 'within', body: { id: 123_456 } },
  ] as const) {
    const world = await createWorld({ answer: () => reply });
    const error = await errorOf(send(world, asset));
    expect(error).toBeInstanceOf(ApiError);
    expect(world.calls()).toHaveLength(1);
  }
});

test('no error repeats the key or a token, though the API does', async () => {
  const echo = ({ headers }: Seen): string => `you said ${headers.authorization ?? ''} and ${apiKey}`;
  const world = await createWorld({
    answer: (request) => ({
      status: 422,
      body: { detail: [{ loc: [], msg: echo(request) }] },
      headers: { 'x-request-id': echo(request) },
    }),
  });
  const error = await errorOf(send(world, asset));
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/token-1|key-of-the-account/);
  expect(error.message).toContain('[redacted]');
});

const page = (ids: readonly number[]): readonly object[] => ids.map((id) => ({ id, customId: `SP${String(id)}` }));

test.each<[string, (request: Seen, url: string) => Reply]>([
  ['a bare array', () => ({ body: page([1, 2, 3]) })],
  ['items', () => ({ body: { items: page([1, 2, 3]), total: 3 } })],
  ['meters', () => ({ body: { meters: page([1, 2, 3]), next: null } })],
  [
    'next as an address',
    ({ url }, at) =>
      url.search
        ? { body: { results: page([3]), next: null } }
        : { body: { results: page([1, 2]), next: `${at}${url.pathname}?p=2` } },
  ],
  [
    'next as a path',
    ({ url }) =>
      url.search ? { body: { data: page([3]) } } : { body: { data: page([1, 2]), next: `${url.pathname}?p=2` } },
  ],
  [
    'next as a cursor',
    ({ url }) =>
      url.searchParams.get('cursor') === 'abc'
        ? { body: { data: page([3]) } }
        : { body: { data: page([1, 2]), next: 'abc' } },
  ],
  ...(['next_cursor', 'next_page', 'cursor', 'nextPageToken'] as const).flatMap((name) =>
    (['', 'pagination', 'meta', 'page_info'] as const).map((place): [string, (request: Seen) => Reply] => [
      `${name} ${place && `in ${place}`}`,
      ({ url }) => {
        const paging = { [name]: 'abc', has_more: true };
        return url.searchParams.get('cursor') === 'abc'
          ? { body: { data: page([3]) } }
          : { body: { data: page([1, 2]), ...(place ? { [place]: paging } : paging) } };
      },
    ]),
  ),
  [
    'next_page as a number',
    ({ url }) =>
      url.searchParams.get('page') === '2'
        ? { body: { data: page([3]), meta: { next_page: null, total: 3 } } }
        : { body: { data: page([1, 2]), meta: { next_page: 2, total: 3 } } },
  ],
  [
    'a cursor that is repeated at the end',
    ({ url }) => ({ body: { data: page(url.search ? [3] : [1, 2]), cursor: 'abc' } }),
  ],
  ['has_more false beside a cursor', () => ({ body: { data: page([1, 2, 3]), has_more: false, cursor: 'abc' } })],
  [
    'Link: rel=next',
    ({ url }) =>
      url.search
        ? { body: page([3]) }
        : {
            body: page([1, 2]),
            headers: { link: `<${url.pathname}?p=0>; rel="prev", <${url.pathname}?p=2>; rel="next"` },
          },
  ],
  [
    'page and pages',
    ({ url }) =>
      url.searchParams.get('page') === '2'
        ? { body: { items: page([3]), total: 3, page: 2, pages: 2 } }
        : { body: { items: page([1, 2]), total: 3, page: 1, pages: 2 } },
  ],
])('a list comes as %s', async (_name, answer) => {
  const world: World = await createWorld({ answer: (request) => answer(request, world.server.url) });
  const found = await listAll(world, meter);
  expect(found.map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(found[0]?.fields).toEqual({ id: 1, customId: 'SP1' });
  expect(
    world.calls().every(({ method, headers }) => method === 'GET' && headers.authorization === 'Bearer token-1'),
  ).toBe(true);
});

test('a bare array behind skip and limit is read to its end', async () => {
  const all = page(Array.from({ length: 25 }, (_, n) => n));
  const parameters = ['skip', 'limit'].map((name) => ({ name, in: 'query', schema: { type: 'integer' } }));
  const world = await createWorld({
    document: () => ({
      body: documentOf([
        ...wholeDocument.filter(({ id }) => id !== 'Meters-list_meters'),
        { id: 'L', method: 'get', path: '/accounts/{account_id}/meters', more: { parameters } },
      ]),
    }),
    answer: ({ url }) => {
      const skip = Number(url.searchParams.get('skip') ?? 0);
      return { body: all.slice(skip, skip + 10) };
    },
  });
  expect(await listAll(world, meter)).toHaveLength(25);
});

/** A description whose list of meters takes these parameters. */
function listTaking(...parameters: readonly object[]): () => Reply {
  return () => ({
    body: documentOf([
      ...wholeDocument.filter(({ id }) => id !== 'Meters-list_meters'),
      { id: 'L', method: 'get', path: '/accounts/{account_id}/meters', more: { parameters } },
    ]),
  });
}

test.each(['limit', 'per_page', 'page_size'])('a bare array as long as its default %s is refused', async (name) => {
  const document = listTaking({ name, in: 'query', schema: { type: 'integer', default: 3 } });
  const full = await createWorld({ document, answer: () => ({ body: page([1, 2, 3]) }) });
  const error = await errorOf(listAll(full, meter));
  expect(error).toMatchObject({ code: 'wattcarbon.unreadable' });
  expect(error.message).toContain('its page size');
  const short = await createWorld({ document, answer: () => ({ body: page([1, 2]) }) });
  expect(await listAll(short, meter)).toHaveLength(2);
  const told = await createWorld({ document, answer: () => ({ body: { items: page([1, 2, 3]), next: null } }) });
  expect(await listAll(told, meter)).toHaveLength(3);
});

test.each<[string, (request: Seen) => Reply, string]>([
  ['that loops', ({ url }) => ({ body: { items: page([1]), next: url.pathname } }), 'never end'],
  [
    'on another host',
    () => ({ body: { items: [], next: 'http://127.0.0.1:9/steal' } }),
    'its next page is at 127.0.0.1:9',
  ],
  ['that is cut without a way on', () => ({ body: { items: page([1]), total: 9 } }), '1 of 9'],
  ['that has more', () => ({ body: { data: page([1]), has_more: true } }), 'there are more'],
  [
    'whose page info has more',
    () => ({ body: { items: page([1]), pageInfo: { hasNextPage: true } } }),
    'there are more',
  ],
  ['that counts more', () => ({ body: { results: page([1]), count: 250 } }), '1 of 250'],
  ['whose meta counts more', () => ({ body: { data: page([1]), meta: { total: 250, page: 1 } } }), '1 of 250'],
  ['whose pagination counts more', () => ({ body: { data: page([1]), pagination: { total_count: 9 } } }), '1 of 9'],
  ['with an entry without an id', () => ({ body: [{ name: 'x' }] }), 'no id'],
  ['that is none', () => ({ body: { ok: true } }), 'not a list'],
])('a list %s is refused, since what it hides would be made again', async (_name, answer, words) => {
  const world = await createWorld({ answer });
  const error = await errorOf(listAll(world, meter));
  expect(error).toMatchObject({ code: 'wattcarbon.unreadable' });
  expect(error.message).toContain(words);
});

test('documents are listed by the GET on the same path, meter data is not listed', async () => {
  const path = '/accounts/{account_id}/assets/{asset_id}/documents';
  const world = await createWorld({
    document: () => ({
      body: documentOf([
        { id: 'Documents-upload_asset_document', path, content: multipartOf({}) },
        { id: 'D', method: 'get', path },
        { id: 'Meters-upload_meter_intervals', path: '/m/{meter_id}', content: multipartOf({}) },
        { id: 'M', method: 'get', path: '/m/{meter_id}' },
        { id: 'Assets-create_asset', path: '/assets', content: jsonOf({}) },
      ]),
    }),
    answer: () => ({ body: { documents: [{ document_id: 3, type: 't' }] } }),
  });
  expect(await listAll(world, events)).toEqual([{ id: 3, fields: { document_id: 3, type: 't' } }]);
  expect(world.calls()[0]?.url.pathname).toBe('/accounts/acc-1/assets/5/documents');
  expect(await world.client.list(intervals)).toBeUndefined();
  expect(await world.client.list(asset)).toBeUndefined();
});

test('a list may be named in the manifest', async () => {
  const world = await createWorld({
    settings: {
      openapi: 'off',
      endpoints: { create_meter: { path: '/m' }, list_meters: { path: '/all/{account_id}' } },
    },
    answer: () => ({ body: page([4]) }),
  });
  expect((await listAll(world, meter)).map(({ id }) => id)).toEqual([4]);
  expect(world.calls()[0]?.url.pathname).toBe('/all/acc-1');
});
