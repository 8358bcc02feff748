import { request } from 'node:http';
import { expect, test } from 'vitest';
import { type Reply, ask, basic, logIn, openSandbox } from './open-sandbox.ts';

const dayMs = 86_400_000;

interface History {
  readonly data: readonly {
    readonly point_time: string;
    readonly value: number;
    readonly imputed_data_used?: boolean;
  }[];
  readonly meta: { readonly model: { readonly date: string } };
}

interface HistoryCaller {
  readonly sandbox: Awaited<ReturnType<typeof openSandbox>>;
  readonly headers: { readonly authorization: string };
  readonly history: (parameters?: { readonly [name: string]: string }) => Promise<Reply>;
}

/** Asks for history as a logged-in user; without parameters, CAISO_NORTH in the first ten minutes of 2025. */
async function openHistory(): Promise<HistoryCaller> {
  const sandbox = await openSandbox();
  const headers = await logIn(sandbox);
  const usual = {
    region: 'CAISO_NORTH',
    signal_type: 'co2_moer',
    start: '2025-01-01T00:00:00Z',
    end: '2025-01-01T00:10:00Z',
  };
  const history: HistoryCaller['history'] = (parameters = {}) => {
    const query = new URLSearchParams({ ...usual, ...parameters });
    return ask(`${sandbox.watttimeUrl}/v3/historical?${query.toString()}`, { headers });
  };
  return { sandbox, headers, history };
}

function pointsOf(reply: Reply): History['data'] {
  const history: History = JSON.parse(reply.text);
  return history.data;
}

test('login gives a token for Basic credentials', async () => {
  const sandbox = await openSandbox();
  const reply = await ask(`${sandbox.watttimeUrl}/login`, { headers: { authorization: basic('ada', 'pass-1234') } });
  expect(reply.status).toBe(200);
  expect(reply.json).toEqual({ token: expect.stringMatching(/^[\w-]{20,}$/) });
  expect(reply.headers.get('x-request-id')).toBeTruthy();
});

test.each([
  ['the password is wrong', { authorization: basic('ada', 'wrong') }],
  ['there are no credentials', {}],
  ['the credentials are not Basic', { authorization: 'Bearer x' }],
])('login answers 403 with an HTML page when %s', async (_case, headers) => {
  const sandbox = await openSandbox();
  const reply = await ask(`${sandbox.watttimeUrl}/login`, { headers });
  expect(reply.status).toBe(403);
  expect(reply.headers.get('content-type')).toBe('text/html');
  expect(reply.text).toContain('<h1>403 Forbidden</h1>');
});

test('a token ends after 30 minutes, and a missing or foreign one is refused', async () => {
  const { sandbox, headers, history } = await openHistory();
  const url = `${sandbox.watttimeUrl}/v3/region-from-loc?signal_type=co2_moer&latitude=37.77&longitude=-122.42`;
  sandbox.clock.advance(30 * 60_000 - 1);
  expect((await ask(url, { headers })).status).toBe(200);
  sandbox.clock.advance(1);
  expect((await ask(url, { headers })).status).toBe(401);
  expect((await history()).status).toBe(401);
  expect((await ask(url)).status).toBe(401);
  expect((await ask(url, { headers: { authorization: 'Bearer made-up' } })).status).toBe(401);
});

test('a request without a User-Agent is refused by the front proxy on both APIs', async () => {
  const sandbox = await openSandbox();
  for (const url of [`${sandbox.watttimeUrl}/login`, `${sandbox.wattcarbonUrl}/openapi.json`]) {
    const status = await new Promise((resolve, reject) => {
      request(url, (response) => {
        response.resume();
        resolve(`${String(response.statusCode)} ${response.headers['content-type'] ?? ''}`);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe('403 text/html');
  }
});

test('a region is found by its coordinates, another for another signal', async () => {
  const { sandbox, headers } = await openHistory();
  const find = (signal: string): Promise<Reply> =>
    ask(`${sandbox.watttimeUrl}/v3/region-from-loc?signal_type=${signal}&latitude=37.77&longitude=-122.42`, {
      headers,
    });
  expect((await find('co2_moer')).json).toEqual({
    region: 'CAISO_NORTH',
    region_full_name: 'California ISO Northern',
    signal_type: 'co2_moer',
  });
  expect((await find('co2_aoer')).json).toMatchObject({ region: 'CAISO' });
});

test('outside coverage is 404 with the coordinates as they were sent', async () => {
  const { sandbox, headers } = await openHistory();
  const url = `${sandbox.watttimeUrl}/v3/region-from-loc?signal_type=co2_moer&latitude=0&longitude=0`;
  const reply = await ask(url, { headers });
  expect(reply.status).toBe(404);
  expect(reply.json).toEqual({
    error: 'No coverage available for these coordinates and signal_type',
    latitude: '0',
    longitude: '0',
    signal_type: 'co2_moer',
  });
});

test.each([
  ['latitude=91&longitude=0&signal_type=co2_moer', 'latitude'],
  ['latitude=north&longitude=0&signal_type=co2_moer', 'latitude'],
  ['latitude=1&signal_type=co2_moer', 'longitude'],
  ['latitude=1&longitude=0&signal_type=moer', 'signal_type'],
])('region-from-loc refuses %s with a detail for %s', async (query, parameter) => {
  const { sandbox, headers } = await openHistory();
  const reply = await ask(`${sandbox.watttimeUrl}/v3/region-from-loc?${query}`, { headers });
  expect(reply.status).toBe(422);
  expect(reply.json).toMatchObject({ detail: [{ loc: ['query', parameter], msg: expect.any(String) }] });
});

test('history has the exact shape of the contract, with both ends included', async () => {
  const { history } = await openHistory();
  const reply = await history();
  expect(reply.status).toBe(200);
  expect(reply.json).toEqual({
    data: ['00:00', '00:05', '00:10'].map((time) => ({
      point_time: `2025-01-01T${time}:00+00:00`,
      value: expect.any(Number),
    })),
    meta: {
      data_point_period_seconds: 300,
      region: 'CAISO_NORTH',
      warnings: [],
      signal_type: 'co2_moer',
      model: { type: 'binned_regression', date: '2023-03-01' },
      units: 'lbs_co2_per_mwh',
    },
  });
});

test('a start off the grid begins at the next point, and offsets and spaces are understood', async () => {
  const { history } = await openHistory();
  const reply = await history({ start: '2025-01-01 01:00:01+01:00', end: '2024-12-31T19:14:59-05:00' });
  expect(pointsOf(reply).map(({ point_time: time }) => time.slice(11, 16))).toEqual(['00:05', '00:10']);
});

test('32 days pass, 32 days and a period do not', async () => {
  const { history } = await openHistory();
  const start = '2025-01-01T00:00:00Z';
  const exact = await history({ start, end: '2025-02-02T00:00:00Z' });
  expect(exact.status).toBe(200);
  expect(pointsOf(exact)).toHaveLength(32 * 288 + 1);
  const longer = await history({ start, end: '2025-02-02T00:05:00Z' });
  expect(longer.status).toBe(400);
  expect(longer.json).toMatchObject({ error: 'Bad Request', message: expect.stringContaining('32 days') });
  expect(longer.json).toHaveProperty('docs');
});

test.each([
  [422, 'a naive start', { start: '2025-01-01T00:00:00' }],
  [422, 'a date alone', { end: '2025-01-01' }],
  [422, 'a day that does not exist', { start: '2025-02-30T00:00:00Z' }],
  [422, 'an unknown signal', { signal_type: 'moer' }],
  [400, 'an end before its start', { end: '2024-12-31T00:00:00Z' }],
  [400, 'an unknown model', { model: '2001-01-01' }],
  [403, 'an unknown region', { region: 'ATLANTIS' }],
  [403, 'the region of another signal', { signal_type: 'co2_aoer' }],
])('history answers %i to %s', async (status, _case, parameters) => {
  const { history } = await openHistory();
  const reply = await history(parameters);
  expect(reply.status).toBe(status);
  expect(reply.json).toEqual({ error: expect.any(String), message: expect.any(String), docs: expect.any(String) });
});

test('an offset whose plus was not encoded is refused, as it is by the real API', async () => {
  const { sandbox, headers } = await openHistory();
  const query = 'region=CAISO_NORTH&signal_type=co2_moer&start=2025-01-01T00:00:00+00:00&end=2025-01-02T00:00:00Z';
  expect((await ask(`${sandbox.watttimeUrl}/v3/historical?${query}`, { headers })).status).toBe(422);
});

test('the imputed marker comes only when asked for', async () => {
  const { history } = await openHistory();
  const marked = pointsOf(await history({ include_imputed_marker: 'true', end: '2025-01-08T00:00:00Z' }));
  const kinds = new Set(marked.map(({ imputed_data_used: imputed }) => imputed));
  expect(kinds).toEqual(new Set([true, false]));
});

test('a point is published 15 minutes after its time', async () => {
  const { sandbox, history } = await openHistory();
  const now = sandbox.clock.now();
  const span = { start: new Date(now - dayMs).toISOString(), end: new Date(now + dayMs).toISOString() };
  const last = async (): Promise<number> => Date.parse(pointsOf(await history(span)).at(-1)?.point_time ?? '');
  expect(await last()).toBe(now - 15 * 60_000);
  sandbox.clock.advance(5 * 60_000 - 1);
  expect(await last()).toBe(now - 15 * 60_000);
  sandbox.clock.advance(1);
  expect(await last()).toBe(now - 10 * 60_000);
});

test('a range before the data of its model is silently cut', async () => {
  const { history } = await openHistory();
  const span = { start: '2019-12-31T23:50:00Z', end: '2020-01-01T00:05:00Z' };
  expect(pointsOf(await history(span)).map(({ point_time: time }) => time)).toEqual([
    '2020-01-01T00:00:00+00:00',
    '2020-01-01T00:05:00+00:00',
  ]);
  expect(pointsOf(await history({ ...span, model: '2022-10-01' }))).toHaveLength(4);
  expect(pointsOf(await history({ start: '2015-01-01T00:00:00Z', end: '2015-01-02T00:00:00Z' }))).toEqual([]);
});

test('values are the same for every sandbox and span, differ by region and model, and look like emissions', async () => {
  const [first, second] = [await openHistory(), await openHistory()];
  const month = { start: '2025-04-01T00:00:00Z', end: '2025-05-01T00:00:00Z' };
  const points = pointsOf(await first.history(month));
  expect(pointsOf(await second.history(month))).toEqual(points);
  const day = pointsOf(await first.history({ start: '2025-04-03T00:00:00Z', end: '2025-04-03T23:59:59Z' }));
  expect(day).toEqual(points.slice(2 * 288, 3 * 288));
  expect(pointsOf(await first.history({ ...month, region: 'ERCOT_AUSTIN' }))).not.toEqual(points);
  expect(pointsOf(await first.history({ ...month, model: '2022-10-01' }))).not.toEqual(points);
  const values = points.map(({ value }) => value);
  expect(values.filter((value) => value === 0).length).toBeGreaterThan(0);
  expect(Math.min(...values)).toBe(0);
  expect(Math.max(...values)).toBeLessThan(2_000);
  expect(values.every((value) => Math.round(value * 10) / 10 === value)).toBe(true);
  const meanAt = (hour: string): number => {
    const there = points.filter(({ point_time: time }) => time.slice(11, 13) === hour).map(({ value }) => value);
    return there.reduce((sum, value) => sum + value, 0) / there.length;
  };
  // Noon in California is 20:00 UTC, the evening peak about 03:00.
  expect(meanAt('20')).toBeLessThan(meanAt('03') - 200);
});

test('an unknown path is 404, a wrong method 405', async () => {
  const { sandbox, headers } = await openHistory();
  expect((await ask(`${sandbox.watttimeUrl}/v2/data`, { headers })).status).toBe(404);
  const reply = await ask(`${sandbox.watttimeUrl}/v3/historical`, { method: 'POST', headers });
  expect(reply.status).toBe(405);
  expect(reply.headers.get('allow')).toBe('GET');
});
