import { expect, test } from 'vitest';
import { california, openWattTime, readForecasts, readSeries } from './open-watttime.ts';

const hourMs = 3_600_000;

test('a forecast is of the last five minutes begun, a day long, and says when it was made', async () => {
  const { get, sandbox } = await openWattTime();
  sandbox.clock.advance(4 * 60_000 + 59_999);
  const { data, meta } = readSeries(await get('forecast', california));
  expect(meta).toEqual({
    data_point_period_seconds: 300,
    region: 'CAISO_NORTH',
    warnings: [],
    signal_type: 'co2_moer',
    model: { type: 'binned_regression', date: '2023-03-01' },
    units: 'lbs_co2_per_mwh',
    generated_at: '2026-02-01T12:00:00+00:00',
    generated_at_period_seconds: 300,
  });
  expect(data).toHaveLength(288);
  expect([data[0]?.point_time, data.at(-1)?.point_time]).toEqual([
    '2026-02-01T12:00:00+00:00',
    '2026-02-02T11:55:00+00:00',
  ]);
});

test.each([
  ['0', 1],
  ['1', 12],
  ['72', 864],
])('a forecast of %s hours has %i points', async (hours, count) => {
  const { get } = await openWattTime();
  expect(readSeries(await get('forecast', { ...california, horizon_hours: hours })).data).toHaveLength(count);
});

test('an hourly region is forecast by the hour', async () => {
  const { get } = await openWattTime();
  const { data, meta } = readSeries(await get('forecast', { ...california, region: 'PL' }));
  expect([data.length, meta.data_point_period_seconds, meta.generated_at_period_seconds]).toEqual([24, 3600, 3600]);
});

test.each([
  [422, 'a horizon above 72', { horizon_hours: '73' }],
  [422, 'a horizon that is no integer', { horizon_hours: '1.5' }],
  [422, 'an unknown signal', { signal_type: 'moer' }],
  [400, 'an unknown model', { model: '2001-01-01' }],
  [403, 'an unknown region', { region: 'ATLANTIS' }],
  [403, 'averages, which are not forecast', { region: 'CAISO', signal_type: 'co2_aoer' }],
])('a forecast answers %i to %s', async (status, _case, parameters) => {
  const { get } = await openWattTime();
  const span = { start: '2025-01-01T00:00:00Z', end: '2025-01-01T00:00:00Z' };
  for (const path of ['forecast', 'forecast/historical']) {
    const reply = await get(path, { ...california, ...span, ...parameters });
    expect(reply.status).toBe(status);
    expect(reply.json).toEqual({ error: expect.any(String), message: expect.any(String), docs: expect.any(String) });
  }
});

test('historical forecasts are those made from start to end, both included, each of its own time', async () => {
  const { get } = await openWattTime();
  const span = { start: '2025-01-01T00:01:00Z', end: '2025-01-01T00:15:00Z' };
  const { data, meta } = readForecasts(
    await get('forecast/historical', { ...california, ...span, horizon_hours: '2' }),
  );
  expect(data.map(({ generated_at: at }) => at.slice(11, 16))).toEqual(['00:05', '00:10', '00:15']);
  for (const { generated_at: at, forecast } of data) {
    expect([forecast.length, forecast[0]?.point_time]).toEqual([24, at]);
  }
  expect(meta.generated_at_period_seconds).toBe(300);
  expect(
    readForecasts(await get('forecast/historical', { ...california, ...span, model: '2022-10-01' })).data,
  ).not.toEqual(data);
});

test('a forecast answers the same later as when it was new', async () => {
  const { get, sandbox } = await openWattTime();
  const fresh = readSeries(await get('forecast', california));
  sandbox.clock.advance(30 * 24 * hourMs);
  await expect(get('forecast', california)).resolves.toMatchObject({ status: 401 });
  const later = await openWattTime();
  const at = fresh.meta.generated_at ?? '';
  const { data } = readForecasts(await later.get('forecast/historical', { ...california, start: at, end: at }));
  expect(data).toEqual([{ generated_at: at, forecast: fresh.data }]);
});

test('a forecast is near the truth at first, and errs the more the further it looks', async () => {
  const { get } = await openWattTime();
  const span = { start: '2025-01-01T00:00:00Z', end: '2025-01-01T23:55:00Z' };
  const { data } = readForecasts(await get('forecast/historical', { ...california, ...span }));
  const truth = new Map(
    readSeries(await get('historical', { ...california, start: span.start, end: '2025-01-03T00:00:00Z' })).data.map(
      ({ point_time: time, value }) => [time, value],
    ),
  );
  const errorAt = (step: number): number => {
    const errors = data.map(({ forecast }) => {
      const point = forecast[step];
      return Math.abs((truth.get(point?.point_time ?? '') ?? 0) - (point?.value ?? 0));
    });
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  expect(errorAt(0)).toBe(0);
  expect(errorAt(287)).toBeGreaterThan(2 * errorAt(72));
});

test('24 hours of forecasts pass, 24 hours and a period do not; those of times to come are not there', async () => {
  const { get } = await openWattTime();
  const ask = (start: string, end: string) =>
    get('forecast/historical', { ...california, start, end, horizon_hours: '0' });
  expect(readForecasts(await ask('2025-01-01T00:00:00Z', '2025-01-02T00:00:00Z')).data).toHaveLength(289);
  const longer = await ask('2025-01-01T00:00:00Z', '2025-01-02T00:05:00Z');
  expect([longer.status, longer.json]).toMatchObject([400, { message: expect.stringContaining('24 hours') }]);
  expect(readForecasts(await ask('2026-02-01T11:50:00Z', '2026-02-01T20:00:00Z')).data).toHaveLength(3);
  expect(readForecasts(await ask('2019-12-31T23:50:00Z', '2020-01-01T00:00:00Z')).data).toHaveLength(1);
});

test('the index is a percentile of one point, of co2_moer if nothing is said', async () => {
  const { get, sandbox } = await openWattTime({ tokenLifetimeMs: 3 * hourMs });
  const values = new Set<number>();
  for (let hour = 0; hour < 12; hour += 1) {
    const { data, meta } = readSeries(await get('signal-index', { region: 'CAISO_NORTH' }));
    expect(data).toHaveLength(1);
    expect(data[0]?.point_time).toBe(`${new Date(sandbox.clock.now()).toISOString().slice(0, 16)}:00+00:00`);
    expect(meta).toMatchObject({ region: 'CAISO_NORTH', signal_type: 'co2_moer', units: 'percentile' });
    expect(data[0]?.value).toBeLessThanOrEqual(100);
    values.add(data[0]?.value ?? Number.NaN);
    sandbox.clock.advance(5 * 60_000);
  }
  expect(values.size).toBeGreaterThan(1);
  for (const query of [{}, { region: 'CAISO', signal_type: 'co2_aoer' }]) {
    expect((await get('signal-index', query)).status).toBe(422);
  }
  expect((await get('signal-index', { region: 'ATLANTIS' })).status).toBe(403);
});
