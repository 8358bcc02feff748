import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passwordFault } from '../../src/apis/watttime-account.ts';
import { errorOf } from './loopback.ts';
import { day, meta, minute, point, series, start, world } from './watttime-world.ts';

const five = 5 * minute;
const newcomer = { username: 'freddo', password: 'pass-w0rd-of-freddo', email: 'freddo@example.com' };
const kind = { horizonHours: 24 };

describe('register', () => {
  test('sends a JSON body, no token and nothing in the query', async () => {
    const { client, server } = await world(() => ({}), {
      other: () => ({ body: { user: 'freddo', ok: 'User created', more: null } }),
    });
    expect(await client.register({ ...newcomer, org: 'Freddo Ltd' })).toBe('User created');
    expect(server.seen).toHaveLength(1);
    const [sent] = server.seen;
    expect(sent).toMatchObject({ method: 'POST' });
    expect(sent?.url.search).toBe('');
    expect(sent?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(sent?.headers.authorization).toBeUndefined();
    expect(JSON.parse(sent?.body ?? '')).toEqual({ ...newcomer, org: 'Freddo Ltd' });
  });

  test('tells a name that is taken in the words of the API', async () => {
    const { client } = await world(() => ({}), {
      other: () => ({ status: 400, body: { error: 'That username is taken. Please choose another.' } }),
    });
    const error = await errorOf(client.register(newcomer));
    expect(error).toMatchObject({ code: 'watttime.invalid' });
    expect(error.message).toContain('"That username is taken. Please choose another."; no account was made');
  });

  test('is sent once only, says that its outcome is open, and keeps the password to itself', async () => {
    const { client, server, answered } = await world(() => ({}), {
      other: ({ body }) => ({ status: 502, body: `<html>bad gateway for ${body}</html>` }),
    });
    const error = await errorOf(client.register(newcomer));
    expect(server.seen).toHaveLength(1);
    expect(error.message).toContain('try to log in as freddo before you register again');
    expect(inspect([error, answered], { depth: 10 })).not.toContain(newcomer.password);
  });

  test.each([
    ['short-1', 'at least 8 characters'],
    ['12345678-', 'a letter'],
    ['no-digits-here', 'a digit'],
    ['nospecial1', 'a special character'],
    ['', 'at least 8 characters, a letter, a digit, a special character'],
  ])('a password like "%s" lacks %s', (password, lacks) => {
    expect(passwordFault(password)).toBe(`the password must have ${lacks}`);
  });

  test('a password with all of them is fine', () => {
    expect(passwordFault('grün-1234')).toBeUndefined();
  });
});

test('password reset asks with the name alone and gives the words of the API', async () => {
  const { client, server } = await world(() => ({}), { other: () => ({ body: { ok: 'Please check your email' } }) });
  expect(await client.resetPassword('fred & co')).toBe('Please check your email');
  expect(server.seen.map(({ url }) => url.searchParams.get('username'))).toEqual(['fred & co']);
});

test('login gives the token and its end, and asks once', async () => {
  const { client, server, clock } = await world(() => ({}));
  expect(await client.login()).toEqual({ token: 'token-1', untilMs: clock.now() + 30 * minute });
  clock.pass(minute);
  expect(await client.login()).toEqual({ token: 'token-1', untilMs: clock.now() + 29 * minute });
  expect(server.seen).toHaveLength(1);
});

test('my-access takes nulls, absent lists and fields nobody knows, and trims names', async () => {
  const regions = [
    {
      region: ' CAISO_NORTH ',
      region_full_name: 'California ISO Northern ',
      parent: null,
      data_point_period_seconds: 300,
      endpoints: [{ endpoint: 'v3/historical', models: [{ model: '2023-03-01', data_start: null, surprise: 1 }] }],
    },
    { region: 'UK', endpoints: null },
  ];
  const { client, server } = await world(() => ({
    body: {
      signal_types: [
        { signal_type: 'co2_moer', regions },
        { signal_type: 'co2_aoer', regions: null },
      ],
      more: 1,
    },
  }));
  const access = await client.access({ signal: 'co2_moer' });
  expect(access.signal_types[0]?.regions[0]).toMatchObject({
    region: 'CAISO_NORTH',
    region_full_name: 'California ISO Northern',
    endpoints: [{ models: [{ surprise: 1 }] }],
  });
  expect(access.signal_types[0]?.regions[1]).toEqual({ region: 'UK', endpoints: [] });
  expect(access.signal_types[1]?.regions).toEqual([]);
  const asked = server.seen.find(({ url }) => url.pathname === '/v3/my-access');
  expect(asked?.url.search).toBe('?signal_type=co2_moer');
});

test('fact 9: maps give the GeoJSON as it came, names without their trailing spaces', async () => {
  const geometry = {
    type: 'MultiPolygon',
    coordinates: [
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    ],
  };
  const feature = { type: 'Feature', properties: { region: 'UK ', region_full_name: 'United Kingdom ' }, geometry };
  const mapMeta = { last_updated: '2025-06-01T00:00:00+00:00', signal_type: 'co2_moer' };
  const { client } = await world(() => ({ body: { type: 'FeatureCollection', features: [feature], meta: mapMeta } }));
  expect(await client.maps('co2_moer')).toEqual({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: { region: 'UK', region_full_name: 'United Kingdom' }, geometry }],
    meta: mapMeta,
  });
});

test('the index is the newest point, with its units', async () => {
  const { client } = await world(() => ({
    body: { data: [point(start, 0)], meta: { ...meta, units: 'percentile', model: null } },
  }));
  expect(await client.index(series)).toEqual({ time: start, value: 0, periodSeconds: 300, units: 'percentile' });
});

describe('forecasts', () => {
  const forecastMeta = { ...meta, warnings: [], generated_at_period_seconds: 300 };

  test('the newest one is asked with its horizon and model, and knows when it was made', async () => {
    const { client, server } = await world(() => ({
      body: {
        data: [point(start + five, 1.5), point(start, 0), point(start + 2 * five, null)],
        meta: { ...forecastMeta, generated_at: '2024-12-31 23:55:00+00:00' },
      },
    }));
    expect(await client.forecast(series, { horizonHours: 72, model: '2023-03-01' })).toEqual({
      forecasts: [
        {
          generatedAt: start - five,
          points: [
            { time: start, value: 0 },
            { time: start + five, value: 1.5 },
          ],
        },
      ],
      periodSeconds: 300,
      generatedEverySeconds: 300,
      model: '2023-03-01',
      units: 'lbs_co2_per_mwh',
      warnings: [],
    });
    const asked = server.seen.find(({ url }) => url.pathname === '/v3/forecast');
    expect(Object.fromEntries(asked?.url.searchParams ?? [])).toEqual({
      region: 'CAISO_NORTH',
      signal_type: 'co2_moer',
      horizon_hours: '72',
      model: '2023-03-01',
    });
  });

  test('one without the time it was made is unreadable', async () => {
    const { client } = await world(() => ({ body: { data: [point(start)], meta: forecastMeta } }));
    expect(await errorOf(client.forecast(series, kind))).toMatchObject({ code: 'watttime.unreadable' });
  });

  test('past ones cut in two anywhere give those of the whole, each once (fact 1)', async () => {
    const { client } = await world(({ url }) => {
      const from = Date.parse(url.searchParams.get('start') ?? '');
      const to = Date.parse(url.searchParams.get('end') ?? '');
      const data: object[] = [];
      for (let time = Math.ceil(from / five) * five; time <= to; time += five)
        data.push({ generated_at: new Date(time).toISOString(), forecast: [point(time + five)] });
      return { body: { data, meta: forecastMeta } };
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        async (offset, a, b) => {
          const from = start + offset * minute;
          const [middle, end] = [from + a * minute, from + (a + b) * minute];
          const whole = await client.pastForecasts(series, { start: from, end }, kind);
          const first = await client.pastForecasts(series, { start: from, end: middle }, kind);
          const second = await client.pastForecasts(series, { start: middle, end }, kind);
          expect([...first.forecasts, ...second.forecasts]).toEqual(whole.forecasts);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('24 hours of past ones end a period early, so that they pass whatever the limit means', async () => {
    const { client, server } = await world(() => ({ body: { data: [], meta: forecastMeta } }));
    await client.pastForecasts(series, { start, end: start + day }, kind);
    const asked = server.seen.find(({ url }) => url.pathname === '/v3/forecast/historical');
    expect(asked?.url.searchParams.get('end')).toBe('2025-01-01T23:55:00Z');
  });

  test('an answer for another region is refused', async () => {
    const { client } = await world(() => ({ body: { data: [], meta: { ...forecastMeta, region: 'PJM_DC' } } }));
    const error = await errorOf(client.pastForecasts(series, { start, end: start + day }, kind));
    expect(error.message).toContain('asked for CAISO_NORTH, the answer names PJM_DC');
  });
});
