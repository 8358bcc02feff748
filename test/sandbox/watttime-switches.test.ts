import { expect, test } from 'vitest';
import { readSandboxOptions } from '../../src/sandbox/read-options.ts';
import { describeWattTimeOptions, readWattTimeOptions } from '../../src/sandbox/watttime/switches.ts';
import { basic, ask, logIn, openSandbox } from './open-sandbox.ts';
import { california, openWattTime, readAccess, readForecasts, readSeries, tenMinutes } from './open-watttime.ts';

const minuteMs = 60_000;
const history = { ...california, ...tenMinutes };

test('a token is good for as long as is said', async () => {
  const { get, sandbox } = await openWattTime({ tokenLifetimeMs: minuteMs });
  sandbox.clock.advance(minuteMs - 1);
  expect((await get('my-access')).status).toBe(200);
  sandbox.clock.advance(1);
  expect((await get('my-access')).status).toBe(401);
});

test('an answer is held back by the latency, and its request counted before', async () => {
  const limits = { watttime: { requests: 2, windowMs: minuteMs } };
  const sandbox = await openSandbox({ watttime: { latencyMs: 1_000 }, limits });
  const headers = { authorization: basic('ada', 'any-1') };
  const statuses: number[] = [];
  const logIns = Array.from({ length: 3 }, async () => {
    statuses.push((await ask(`${sandbox.watttimeUrl}/login`, { headers })).status);
  });
  await expect.poll(() => sandbox.state().requests['watttime.login']?.total).toBe(3);
  expect(statuses).toEqual([]);
  const poll = setInterval(() => sandbox.clock.advance(1_000), 5);
  await Promise.all(logIns);
  clearInterval(poll);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
});

test.each([
  ['sent', '60'],
  ['absent', null],
] as const)('429 comes with Retry-After %s', async (retryAfter, header) => {
  const limits = { watttime: { requests: 1, windowMs: minuteMs } };
  const { get } = await openWattTime({ retryAfter }, { limits });
  const refused = await get('my-access');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, header]);
});

test('exactly 32 days, or 24 hours of forecasts, pass or not as is said', async () => {
  for (const [longestSpan, status] of [
    ['inclusive', 200],
    ['exclusive', 400],
  ] as const) {
    const { get } = await openWattTime({ longestSpan });
    const start = '2025-01-01T00:00:00Z';
    const ask = async (path: string, end: string): Promise<number> =>
      (await get(path, { ...california, start, end, horizon_hours: '0' })).status;
    expect(await ask('historical', '2025-02-02T00:00:00Z')).toBe(status);
    expect(await ask('historical', '2025-02-01T23:55:00Z')).toBe(200);
    expect(await ask('forecast/historical', '2025-01-02T00:00:00Z')).toBe(status);
    expect(await ask('forecast/historical', '2025-01-01T23:55:00Z')).toBe(200);
  }
});

test('times in answers have a T or a space', async () => {
  const { get } = await openWattTime({ dates: 'space' });
  const { data } = readSeries(await get('historical', { ...history, updated_since: '2020-01-01 00:00:00+00:00' }));
  expect(data[0]?.point_time).toBe('2025-01-01 00:00:00+00:00');
  expect(data[0]?.last_updated).toMatch(/^2025-01-0\d \d\d:\d\d:00\+00:00$/);
  const forecasts = readForecasts(await get('forecast/historical', { ...history, horizon_hours: '0' }));
  expect(forecasts.data[0]?.generated_at).toBe('2025-01-01 00:00:00+00:00');
  expect((await get('maps', { signal_type: 'co2_moer' })).text).toContain('"last_updated":"2025-06-01 00:00:00+00:00"');
});

test.each([
  ['full', { type: 'binned_regression', date: '2023-03-01' }],
  ['date', { date: '2023-03-01' }],
  ['absent', undefined],
] as const)('meta.model is %s', async (modelMeta, model) => {
  const { get } = await openWattTime({ modelMeta });
  for (const path of ['historical', 'forecast', 'signal-index']) {
    expect(readSeries(await get(path, history)).meta.model).toEqual(model);
  }
});

test('refusals of data say it in message or in msg', async () => {
  const { get } = await openWattTime({ errorText: 'msg' });
  for (const path of ['historical', 'forecast', 'forecast/historical', 'my-access', 'signal-index']) {
    const reply = await get(path, { ...history, signal_type: 'moer' });
    expect(reply.json).toEqual({ error: expect.any(String), msg: expect.any(String), docs: expect.any(String) });
  }
});

test('warnings are in the meta of every series', async () => {
  const warnings = [{ type: 'OUTAGE', message: 'Values of last night are late.' }];
  const { get } = await openWattTime({ warnings });
  for (const path of ['historical', 'forecast', 'signal-index']) {
    expect(readSeries(await get(path, history)).meta.warnings).toEqual(warnings);
  }
});

test('points of an hourly region are on the hour, from its own first day on, and come out eightfold later', async () => {
  const { get, sandbox } = await openWattTime({ publishingDelayMs: 30 * minuteMs });
  const warsaw = { ...california, region: 'PL' };
  const { data, meta } = readSeries(
    await get('historical', { ...warsaw, start: '2025-01-01T00:03:00Z', end: '2025-01-01T03:00:00Z' }),
  );
  expect(data.map(({ point_time: time }) => time.slice(11, 16))).toEqual(['01:00', '02:00', '03:00']);
  expect([meta.data_point_period_seconds, meta.model?.type]).toEqual([3600, 'proxy']);
  const [region] = readAccess(await get('my-access', warsaw)).signal_types[0]?.regions ?? [];
  expect(region?.endpoints.at(-1)?.models).toMatchObject([{ data_start: '2022-01-01' }]);
  const today = { start: '2026-02-01T00:00:00Z', end: new Date(sandbox.clock.now()).toISOString() };
  const lastOf = async (place: object): Promise<string | undefined> =>
    readSeries(await get('historical', { ...place, ...today }))
      .data.at(-1)
      ?.point_time.slice(11, 16);
  expect([await lastOf(warsaw), await lastOf(california)]).toEqual(['08:00', '11:30']);
});

test('without a word every switch is as usual', () => {
  const { settings, limits } = readWattTimeOptions([]);
  expect(settings).toEqual({
    publishingDelayMs: 15 * minuteMs,
    latencyMs: 0,
    tokenLifetimeMs: 30 * minuteMs,
    plan: 'pro',
    newModelAt: Number.POSITIVE_INFINITY,
    revisions: true,
    lateRevisions: [],
    holes: [],
    longestSpan: 'inclusive',
    dates: 'T',
    modelMeta: 'full',
    errorText: 'message',
    retryAfter: 'sent',
    warnings: [],
    mapUpdatedAt: Date.UTC(2025, 5, 1),
    mapDetail: 0,
  });
  expect(limits).toEqual({
    watttime: { requests: 3_000, windowMs: 300_000 },
    login: { requests: 100, windowMs: 300_000 },
  });
});

test('every switch can be written', () => {
  const { settings, limits } = readWattTimeOptions([
    'watttime.limit=10/1',
    'watttime.login-limit=1/60',
    'watttime.retry-after=absent',
    'watttime.latency=0.3',
    'watttime.token-lifetime=60',
    'watttime.plan=basic',
    'watttime.publishing-delay=3600',
    'watttime.revisions=off',
    'watttime.late-revisions=2026-02-01T12:00:00Z/2025-01-01/2025-02-01/PJM_NJ',
    'watttime.holes=2025-03-01/2025-03-02,2025-04-01/2025-04-02/UK',
    'watttime.new-model=2026-01-01',
    'watttime.longest-span=exclusive',
    'watttime.dates=space',
    'watttime.model=absent',
    'watttime.error-text=msg',
    'watttime.warning=Values of last night = late.',
    'watttime.map-updated=2026-01-01',
    'watttime.map-detail=7',
  ]);
  expect(settings).toMatchObject({
    retryAfter: 'absent',
    latencyMs: 300,
    tokenLifetimeMs: 60_000,
    plan: 'basic',
    publishingDelayMs: 3_600_000,
    revisions: false,
    lateRevisions: [
      { at: Date.UTC(2026, 1, 1, 12), from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 1, 1), region: 'PJM_NJ' },
    ],
    holes: [
      { from: Date.UTC(2025, 2, 1), to: Date.UTC(2025, 2, 2) },
      { from: Date.UTC(2025, 3, 1), to: Date.UTC(2025, 3, 2), region: 'UK' },
    ],
    newModelAt: Date.UTC(2026, 0, 1),
    longestSpan: 'exclusive',
    dates: 'space',
    modelMeta: 'absent',
    errorText: 'msg',
    warnings: [{ type: 'SANDBOX', message: 'Values of last night = late.' }],
    mapUpdatedAt: Date.UTC(2026, 0, 1),
    mapDetail: 7,
  });
  expect(limits).toEqual({ watttime: { requests: 10, windowMs: 1_000 }, login: { requests: 1, windowMs: 60_000 } });
});

test.each([
  ['watttime.plan=gold', 'takes pro, basic, new'],
  ['watttime.holes=2025-03-02/2025-03-01', 'takes none, or FROM/TO'],
  ['watttime.holes=2025-03-01', 'takes none, or FROM/TO'],
  ['watttime.late-revisions=2025-03-01/2025-03-02', 'takes none, or AT/FROM/TO'],
  ['watttime.late-revisions=2025-03-01/2025-03-02/2025-03-03/UK/FR', 'takes none, or AT/FROM/TO'],
  ['watttime.new-model=soon', 'takes an instant, or none'],
  ['watttime.map-detail=none', 'takes a number of corners'],
  ['watttime.limit=0/5', 'takes REQUESTS/SECONDS'],
  ['watttime.map-updated=2025-02-30', 'takes a date'],
  ['watttime.tokens=5', 'there are watttime.limit, watttime.login-limit'],
])('%s is refused with what it takes', (text, message) => {
  expect(() => readWattTimeOptions([text])).toThrow(message);
});

test('options of both sides stand beside each other, and what only one knows is refused by it', () => {
  const { watttime, wattcarbon } = readSandboxOptions(['token-lifetime=60', 'watttime.token-lifetime=90']);
  expect([wattcarbon.tokenLifetime, watttime.tokenLifetimeMs]).toEqual([60, 90_000]);
  expect(() => readSandboxOptions(['watttime.ids=uuid'])).toThrow('there is no "watttime.ids"');
  expect(() => readSandboxOptions(['latency=1'])).toThrow('there is no "latency"');
});

test('the help names every switch, with what holds and what it takes', () => {
  const help = describeWattTimeOptions();
  expect(help).toMatch(/watttime\.token-lifetime: how long a token is good\s+a number of seconds.*1800/);
  expect(help.match(/^ {2}watttime\./gm)).toHaveLength(18);
});

test('two users of one sandbox have each a budget of their own', async () => {
  const { get, sandbox } = await openWattTime({}, { limits: { watttime: { requests: 2, windowMs: minuteMs } } });
  expect([(await get('my-access')).status, (await get('my-access')).status]).toEqual([200, 429]);
  const headers = await logIn(sandbox, 'ben');
  expect((await ask(`${sandbox.watttimeUrl}/v3/my-access`, { headers })).status).toBe(200);
});
