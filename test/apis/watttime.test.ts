import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { createWattTime } from '../../src/apis/watttime.ts';
import type { WattTime } from '../../src/steps/tools.ts';
import { ApiError } from '../../src/domain/errors.ts';
import { errorOf, plainWire, quick, serve, testClock } from './loopback.ts';
import { day, meta, minute, password, point, series, start, user, world } from './watttime-world.ts';

test('it is what the steps take for WattTime', async () => {
  const { client } = await world(() => ({}));
  const tool: WattTime = client;
  expectTypeOf(client).toExtend<WattTime>();
  expect(tool).toBe(client);
});

test('it logs in once with Basic, at once, and asks with the token', async () => {
  const { client, server } = await world(() => ({
    body: { region: 'PJM_DC ', region_full_name: 'PJM Washington DC  ', signal_type: 'co2_moer' },
  }));
  const found = await Promise.all([1, 2, 3].map(() => client.regionAt('co2_moer', { latitude: 38.9, longitude: -77 })));
  expect(found[0]).toEqual({ region: 'PJM_DC', fullName: 'PJM Washington DC' });
  expect(server.count('/login')).toBe(1);
  expect(server.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  expect(server.seen.every(({ headers }) => headers['user-agent'] === 'wattlift/0.1.0')).toBe(true);
  const asked = server.seen.find(({ url }) => url.pathname === '/v3/region-from-loc');
  expect(Object.fromEntries(asked?.url.searchParams ?? [])).toEqual({
    signal_type: 'co2_moer',
    latitude: '38.9',
    longitude: '-77',
  });
});

test('coordinates outside coverage are an absence, told in a sentence', async () => {
  const { client } = await world(() => ({
    status: 404,
    body: { error: 'No coverage available for these coordinates and signal_type', latitude: '0', longitude: '0' },
  }));
  const error = await errorOf(client.regionAt('co2_moer', { latitude: 0, longitude: 0 }));
  expect(error).toMatchObject({ code: 'watttime.absent', details: { kind: 'absent', status: 404 } });
  expect(error.message).toContain('no coverage at 0, 0 for co2_moer');
});

test('the token is renewed before it ends', async () => {
  const { client, server, clock } = await world(() => ({ body: { region: 'A', region_full_name: null } }));
  await client.regionAt('co2_moer', { latitude: 1, longitude: 1 });
  clock.pass(26 * minute);
  expect(await client.regionAt('co2_moer', { latitude: 1, longitude: 1 })).toEqual({ region: 'A', fullName: 'A' });
  expect(server.count('/login')).toBe(2);
});

test('after a 401 all callers together renew the token once and go on', async () => {
  const { client, server } = await world(() => ({ body: { region: 'A' } }), { isGood: (token) => token !== 'token-1' });
  await Promise.all(Array.from({ length: 10 }, () => client.regionAt('co2_moer', { latitude: 1, longitude: 1 })));
  expect(server.count('/login')).toBe(2);
  expect(client.retries).toBe(10);
});

test('a second 401 in a row is an access error, and the next call does not log in again', async () => {
  const { client, server } = await world(() => ({}), { isGood: () => false });
  const error = await errorOf(client.regionAt('co2_moer', { latitude: 1, longitude: 1 }));
  expect(error).toMatchObject({ name: 'AccessError', code: 'watttime.token-refused' });
  await errorOf(client.regionAt('co2_moer', { latitude: 1, longitude: 1 }));
  expect(server.count('/login')).toBe(2);
});

test('a refused login comes as 403 and HTML, is told in words, and is not tried twice', async () => {
  const { client, server } = await world(() => ({}), {
    login: () => ({ status: 403, body: `<html><body><h1>403 Forbidden</h1><hr>nginx ${password}</body></html>` }),
  });
  const error = await errorOf(client.login());
  expect(error).toMatchObject({ name: 'AccessError', code: 'watttime.credentials-refused' });
  expect(error.message).toMatch(
    /^logging in to WattTime: GET \/login answered 403 "403 Forbidden nginx \[redacted\]"; check WATTTIME_USER and WATTTIME_PASSWORD/,
  );
  expect(inspect(error, { depth: 10 })).not.toContain(password);
  await errorOf(client.history(series, { start, end: start + day }));
  expect(server.seen).toHaveLength(1);
});

test('an outage at the login is not remembered', async () => {
  let left = 1 + quick.limit;
  const { client } = await world(() => ({ body: { region: 'A' } }), {
    login: () => (left-- > 0 ? { status: 502, body: '<html>bad gateway</html>' } : { body: { token: 'token-0' } }),
  });
  expect(await errorOf(client.login())).toBeInstanceOf(ApiError);
  await client.login();
});

test('fact 2: 32 days are asked half open: the end is one finest period early, with an offset', async () => {
  const { client, server } = await world(() => ({ body: { data: [], meta } }), { model: '2023-03-01', imputed: true });
  await client.history(series, { start, end: start + 32 * day });
  const asked = server.seen.find(({ url }) => url.pathname === '/v3/historical');
  expect(Object.fromEntries(asked?.url.searchParams ?? [])).toEqual({
    region: 'CAISO_NORTH',
    signal_type: 'co2_moer',
    start: '2025-01-01T00:00:00Z',
    end: '2025-02-01T23:55:00Z',
    model: '2023-03-01',
    include_imputed_marker: 'true',
  });
});

test('history keeps zeros, sorts, takes each time once, cuts to the span and names the model', async () => {
  const five = 5 * minute;
  const { client } = await world(
    () => ({
      body: {
        data: [
          point(start + 2 * five, 3.5),
          { ...point(start, 0), imputed_data_used: true },
          point(start + five, null),
          point(start + 2 * five, 4),
          point(start - five, 1),
          { point_time: '2025-01-01 00:15:00+00:00', value: 9, imputed_data_used: null },
          point(start + 4 * five, 5),
        ],
        meta,
        surprise: true,
      },
    }),
    { model: '2024-10-01' },
  );
  const history = await client.history(series, { start, end: start + 4 * five });
  const model = '2023-03-01';
  expect(history).toEqual({
    model,
    points: [
      { time: start, value: 0, model, imputed: true },
      { time: start + 2 * five, value: 4, model },
      { time: start + 3 * five, value: 9, model },
    ],
    periodSeconds: 300,
    units: 'lbs_co2_per_mwh',
    warnings: ['X: be careful', 'asked for model 2024-10-01, the answer is of model 2023-03-01'],
  });
});

test('a meta with nulls and without a model will do; hourly series say so', async () => {
  const bare = { data_point_period_seconds: 3600, warnings: null, model: null, region: null, more: { of: 'it' } };
  const { client } = await world(() => ({ body: { data: [point(start)], meta: bare } }));
  expect(await client.history(series, { start, end: start + day })).toEqual({
    points: [{ time: start, value: 870 }],
    periodSeconds: 3600,
    warnings: [],
  });
});

test.each([
  ['a page of HTML', '<html><body>Welcome</body></html>', '"Welcome", which cannot be used: it is no JSON'],
  ['a naive time', { data: [{ point_time: '2025-01-01T00:00:00', value: 1 }], meta }, 'a time with an offset'],
  [
    'a time that does not exist',
    { data: [{ point_time: '2025-13-01T00:00:00Z', value: 1 }], meta },
    'a time that exists',
  ],
  ['no period', { data: [], meta: { region: 'A' } }, 'meta.data_point_period_seconds: '],
  ['a value in words', { data: [{ point_time: '2025-01-01T00:00:00Z', value: 'much' }], meta }, 'data.0.value: '],
])('an answer with %s is unreadable', async (_name, body, words) => {
  const { client } = await world(() => ({ body }));
  const error = await errorOf(client.history(series, { start, end: start + day }));
  expect(error).toMatchObject({ code: 'watttime.unreadable', details: { kind: 'unreadable', status: 200 } });
  expect(error.message).toContain(words);
});

test.each([
  ['region', { region: 'PJM_DC' }, 'asked for CAISO_NORTH, the answer names PJM_DC'],
  ['signal', { signal_type: 'co2_aoer' }, 'asked for co2_moer, the answer names co2_aoer'],
])('an answer that names another %s is unreadable, and says both', async (_name, other, words) => {
  const { client } = await world(() => ({ body: { data: [point(start)], meta: { ...meta, ...other } } }));
  const error = await errorOf(client.history(series, { start, end: start + day }));
  expect(error).toMatchObject({ code: 'watttime.unreadable', details: { kind: 'unreadable', status: 200 } });
  expect(error.message).toContain(words);
  expect(error.message).toContain('nothing of it was stored');
});

test('warnings come without the token, and shortened', async () => {
  const { client } = await world(() => ({
    body: { data: [], meta: { ...meta, warnings: ['token-1 is old', 'x'.repeat(5000)] } },
  }));
  const { warnings } = await client.history(series, { start, end: start + day });
  expect(warnings).toEqual(['[redacted] is old', `${'x'.repeat(297)}...`]);
});

test('403 on history says that the plan does not cover the region', async () => {
  const { client } = await world(() => ({ status: 403, body: { error: 'FORBIDDEN', message: 'no access', docs: '' } }));
  const error = await errorOf(client.history({ ...series, region: 'PJM' }, { start, end: start + day }));
  expect(error.message).toMatch(/answered 403 "no access"; the plan of this account does not cover region PJM/);
  expect(error).toMatchObject({ details: { kind: 'forbidden' } });
});

test('fact 11: a history request that times out at the gateway is not repeated: the caller halves the span', async () => {
  const { client, server } = await world(() => ({ status: 504, body: '<html>Gateway Timeout</html>' }));
  const error = await errorOf(client.history(series, { start, end: start + day }));
  expect(error).toMatchObject({ code: 'watttime.timeout', details: { said: 'Gateway Timeout' } });
  expect(server.count('/v3/historical')).toBe(1);
});

test('fact 1: both ends are asked with a time zone; answers with a T, a space or another zone are the same times', async () => {
  const notations = [
    '2025-01-01T00:05:00+00:00',
    '2025-01-01 00:05:00+00:00',
    '2025-01-01T00:05:00Z',
    '2024-12-31 18:05:00-06:00',
  ];
  for (const point_time of notations) {
    const { client, server } = await world(() => ({ body: { data: [{ point_time, value: 0 }], meta } }));
    const { points } = await client.history(series, { start: start + 3 * minute, end: start + 9 * minute });
    expect([...points], point_time).toMatchObject([{ time: start + 5 * minute, value: 0 }]);
    const asked = server.seen.find(({ url }) => url.pathname === '/v3/historical')?.url.searchParams;
    expect([asked?.get('start'), asked?.get('end')]).toEqual(['2025-01-01T00:03:00Z', '2025-01-01T00:05:00Z']);
  }
});

test('fact 1: a span cut in two anywhere gives the points of the whole, each once', async () => {
  const five = 5 * minute;
  const { client } = await world(({ url }) => {
    // Both ends inclusive, as the API does it.
    const from = Date.parse(url.searchParams.get('start') ?? '');
    const to = Date.parse(url.searchParams.get('end') ?? '');
    const data: object[] = [];
    for (let time = Math.ceil(from / five) * five; time <= to; time += five) data.push(point(time));
    return { body: { data, meta } };
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 180 }),
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 90 }),
      async (offset, a, b) => {
        const from = start + offset * minute;
        const middle = from + a * minute;
        const end = middle + b * minute;
        const whole = await client.history(series, { start: from, end });
        const halves = [
          await client.history(series, { start: from, end: middle }),
          await client.history(series, { start: middle, end }),
        ];
        expect(halves.flatMap(({ points }) => [...points])).toEqual([...whole.points]);
        expect(whole.points).toHaveLength(Math.ceil(end / five) - Math.ceil(from / five));
      },
    ),
    { numRuns: 60 },
  );
});

test('missing credentials are an access error before anything is sent', async () => {
  const server = await serve(() => ({}));
  const wire = plainWire();
  const client = createWattTime({
    url: server.url,
    user: undefined,
    password: undefined,
    wire,
    loginWire: wire,
    clock: testClock(),
    version: '0',
    random: () => 0,
  });
  const error = await errorOf(client.history(series, { start, end: start + day }));
  expect(error).toMatchObject({ name: 'AccessError', code: 'watttime.credentials-missing' });
  expect(error.message).toContain('WATTTIME_USER and WATTTIME_PASSWORD');
  expect(server.seen).toHaveLength(0);
});
