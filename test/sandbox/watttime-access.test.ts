import { expect, test } from 'vitest';
import { openWattTime, california, readAccess, tenMinutes } from './open-watttime.ts';

test('my-access lists every signal with its own regions, their period, endpoints and models', async () => {
  const { get } = await openWattTime();
  const { signal_types: signals } = readAccess(await get('my-access'));
  expect(signals.map(({ signal_type: signal }) => signal)).toEqual(['co2_moer', 'co2_aoer', 'health_damage']);
  const regionsOf = (signal: string): string[] =>
    signals
      .filter(({ signal_type: type }) => type === signal)
      .flatMap(({ regions }) => regions.map(({ region }) => region));
  expect(regionsOf('co2_moer').length).toBeGreaterThanOrEqual(150);
  expect(regionsOf('co2_moer')).toContain('CAISO_NORTH');
  expect(regionsOf('co2_aoer')).toContain('CAISO');
  expect(regionsOf('co2_aoer')).not.toContain('CAISO_NORTH');
  expect(regionsOf('health_damage')).not.toContain('UK');
  const periods = new Set(signals.flatMap(({ regions }) => regions.map((region) => region.data_point_period_seconds)));
  expect(periods).toEqual(new Set([300, 3600]));
});

test('my-access of a region names its parent and models, newest last, and averages are not forecast', async () => {
  const { get } = await openWattTime();
  const { signal_types: signals } = readAccess(await get('my-access', california));
  expect(signals).toHaveLength(1);
  expect(signals[0]?.regions).toMatchObject([
    {
      region: 'CAISO_NORTH',
      region_full_name: 'California ISO Northern',
      parent: 'CAISO',
      data_point_period_seconds: 300,
      endpoints: [
        { endpoint: 'v3/forecast', models: [{ model: '2022-10-01' }, { model: '2023-03-01' }] },
        {
          endpoint: 'v3/historical',
          models: [
            { model: '2022-10-01', data_start: '2018-01-01', type: 'binned_regression' },
            { model: '2023-03-01', data_start: '2020-01-01', type: 'binned_regression' },
          ],
        },
      ],
    },
  ]);
  const average = readAccess(await get('my-access', { region: 'CAISO' }));
  expect(average.signal_types.map(({ signal_type: signal }) => signal)).toEqual(['co2_aoer']);
  expect(average.signal_types[0]?.regions[0]?.endpoints.map(({ endpoint }) => endpoint)).toEqual(['v3/historical']);
});

test.each([
  [422, { signal_type: 'moer' }],
  [400, { region: 'ATLANTIS' }],
])('my-access answers %i to %o', async (status, query) => {
  const { get } = await openWattTime();
  const reply = await get('my-access', query);
  expect(reply.status).toBe(status);
  expect(reply.json).toEqual({ error: expect.any(String), message: expect.any(String), docs: expect.any(String) });
});

test('a new account has CAISO_NORTH only, no map, and the index of every region', async () => {
  const { get } = await openWattTime({}, { user: 'ben-new' });
  const { signal_types: signals } = readAccess(await get('my-access'));
  expect(signals.map(({ regions }) => regions.map(({ region }) => region))).toEqual([['CAISO_NORTH'], ['CAISO_NORTH']]);
  const statusOf = async (path: string, query: { [name: string]: string }): Promise<number> =>
    (await get(path, query)).status;
  const chicago = { ...california, region: 'PJM_CHICAGO' };
  expect(await statusOf('historical', { ...california, ...tenMinutes })).toBe(200);
  expect(await statusOf('historical', { ...chicago, ...tenMinutes })).toBe(403);
  expect(await statusOf('forecast', california)).toBe(200);
  expect(await statusOf('forecast', chicago)).toBe(403);
  expect(await statusOf('forecast/historical', { ...chicago, ...tenMinutes })).toBe(403);
  expect(await statusOf('my-access', chicago)).toBe(403);
  expect(await statusOf('maps', { signal_type: 'co2_moer' })).toBe(403);
  expect(await statusOf('signal-index', chicago)).toBe(200);
  expect(await statusOf('region-from-loc', { signal_type: 'co2_moer', latitude: '41.88', longitude: '-87.63' })).toBe(
    200,
  );
});

test('a basic account has every region and no map; the plan of a sandbox is that of names without one', async () => {
  const { get } = await openWattTime({ plan: 'basic' });
  expect((await get('historical', { ...california, region: 'PJM_CHICAGO', ...tenMinutes })).status).toBe(200);
  const refused = await get('maps', { signal_type: 'co2_moer' });
  expect(refused.status).toBe(403);
  expect(refused.json).toEqual({
    error: 'Forbidden',
    message: expect.stringContaining('PRO'),
    docs: expect.any(String),
  });
  const named = await openWattTime({ plan: 'basic' }, { user: 'cy-pro' });
  expect((await named.get('maps', { signal_type: 'co2_moer' })).status).toBe(200);
});
