import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { PermitAsk } from '../../src/domain/permits.ts';
import { openSqlitePermits } from '../../src/ledger/sqlite-permits.ts';
import { serveApis, type Apis } from './apis.ts';
import { createFolder, filesBelow, writeFile } from './folders.ts';
import { call } from './in-process.ts';
import { type Ended, main, runWattlift } from './wattlift.ts';

const point = z.strictObject({ point_time: z.iso.datetime(), value: z.number() });
const seriesMeta = {
  region: z.literal('CAISO_NORTH'),
  signal_type: z.literal('co2_moer'),
  data_point_period_seconds: z.literal(300),
  units: z.string(),
};
const span = z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() });
const forecastMeta = z.strictObject({
  ...seriesMeta,
  generated_at_period_seconds: z.literal(300),
  horizon_hours: z.number(),
  model: z.string(),
  warnings: z.array(z.string()),
});

interface Asking {
  readonly apis: Apis;
  readonly cwd: string;
  /** In this process, with a manifest that leaves everything as it is without one. */
  readonly ask: (...words: readonly string[]) => Promise<Ended>;
  /** In a process of its own, without a manifest. */
  readonly askApart: (...words: readonly string[]) => Promise<Ended>;
}

const bare = 'version: 1\nsites: [{ id: A, location: 1 Ella St Riverside IA 52327 }]\n';

async function openApi(): Promise<Asking> {
  const apis = await serveApis();
  const cwd = createFolder();
  writeFile(cwd, 'elsewhere/pipeline.yaml', bare);
  return {
    apis,
    cwd,
    ask: (...words) =>
      call(cwd, ['watttime', ...words, '--manifest', join(cwd, 'elsewhere/pipeline.yaml')], { env: apis.env }),
    askApart: (...words) => runWattlift(['watttime', ...words], { cwd, env: apis.env }),
  };
}

function read<T>(schema: z.ZodType<T>, { code, stdout, stderr }: Ended): T {
  if (code !== 0) throw new Error(`exit ${String(code)}: ${stderr}`);
  return schema.parse(JSON.parse(stdout));
}

const north = ['--region', 'CAISO_NORTH'];
const morning = ['--from', '2025-01-01T00:03Z', '--to', '2025-01-01T00:20Z'];

describe('every endpoint answers through the program', () => {
  test('login, my-access, region and maps', async () => {
    const { ask, cwd, apis } = await openApi();
    const [login, token, access, region, maps] = await Promise.all([
      ask('login'),
      ask('login', '--show-token'),
      ask('my-access', ...north, '--signal', 'co2_moer'),
      ask('region', '--latitude', '41.4797', '--longitude', '-91.5813'),
      ask('maps', '--out', 'maps.json'),
    ]);
    const told = read(z.strictObject({ ok: z.literal(true), user: z.string(), until: z.iso.datetime() }), login);
    expect(Date.parse(told.until)).toBeGreaterThan(Date.now() + 25 * 60_000);
    // The token alone, fit for curl.
    const headers = { authorization: `Bearer ${token.stdout.trim()}` };
    const asked = await fetch(`${apis.watttimeUrl}/v3/signal-index?region=UK&signal_type=co2_moer`, { headers });
    expect(asked.status).toBe(200);
    const regions = z.array(z.looseObject({ region: z.literal('CAISO_NORTH') })).length(1);
    read(
      z.strictObject({
        signal_types: z.array(z.looseObject({ signal_type: z.literal('co2_moer'), regions })).length(1),
      }),
      access,
    );
    // Full names can carry trailing spaces (fact 9): this one does.
    expect(JSON.parse(region.stdout)).toEqual({
      region: 'MISO_MASON_CITY',
      region_full_name: 'Midcontinent ISO Mason City',
      signal_type: 'co2_moer',
      latitude: 41.4797,
      longitude: -91.5813,
    });
    expect(maps).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(readFileSync(join(cwd, 'maps.json'), 'utf8'))).toMatchObject({ type: 'FeatureCollection' });
  });

  test('historical, forecast, forecast-history and index, as JSON and as CSV', async () => {
    const { ask } = await openApi();
    const [history, csv, forecast, past, index] = await Promise.all([
      ask('historical', ...north, ...morning, '--imputed'),
      ask('history', ...north, ...morning, '--csv'),
      ask('forecast', ...north, '--horizon-hours', '1'),
      ask('forecast-history', ...north, ...morning, '--horizon-hours', '0'),
      ask('index', ...north),
    ]);
    const historyDocument = z.strictObject({
      data: z.array(point.extend({ model: z.string(), imputed_data_used: z.boolean() })),
      meta: z.strictObject({ ...seriesMeta, models: z.array(z.string()), warnings: z.array(z.string()) }),
      window: span,
      expected: z.number(),
      received: z.number(),
      missing: z.array(span),
    });
    // 00:05, 00:10, 00:15: none is lost at a start off the grid, and the end is exclusive (fact 1).
    const { data, ...rest } = read(historyDocument, history);
    expect(data.map(({ point_time }) => point_time.slice(11, 16))).toEqual(['00:05', '00:10', '00:15']);
    expect(rest).toMatchObject({ expected: 3, received: 3, missing: [] });
    expect(csv.stdout.split('\n').slice(0, 2)).toEqual([
      'point_time,value,region,signal,model,imputed',
      `2025-01-01T00:05:00Z,${String(data[0]?.value)},CAISO_NORTH,co2_moer,${String(data[0]?.model)},`,
    ]);
    const newest = read(
      z.strictObject({ data: z.array(point), meta: forecastMeta.extend({ generated_at: z.iso.datetime() }) }),
      forecast,
    );
    expect(newest.data).toHaveLength(12);
    const made = z.strictObject({ generated_at: z.iso.datetime(), forecast: z.array(point).length(1) });
    const pastDocument = z.strictObject({
      data: z.array(made),
      meta: forecastMeta,
      window: span,
      expected: z.number(),
      received: z.number(),
    });
    expect(read(pastDocument, past)).toMatchObject({ expected: 3, received: 3 });
    const indexMeta = z.strictObject({ ...seriesMeta, units: z.literal('percentile'), model: z.string() });
    read(z.strictObject({ data: z.array(point).length(1), meta: indexMeta }), index);
  });

  test('register and password-reset; a password that breaks the rule is not sent', async () => {
    const { apis, cwd, ask } = await openApi();
    const register = (password: string): Promise<Ended> =>
      new Promise((ended) => {
        const args = [main, 'watttime', 'register', '--username', 'freddo', '--email', 'freddo@example.com'];
        const child = execFile(process.execPath, args, { cwd, env: apis.env }, (_, stdout, stderr) =>
          ended({ code: child.exitCode, stdout, stderr }),
        );
        child.stdin?.end(`${password}\n`);
      });
    const weak = await register('password');
    expect(weak).toMatchObject({ code: 2, stdout: '' });
    expect(weak.stderr).toContain('the password must have a digit, a special character; nothing was sent');
    expect(apis.arrived).toEqual([]);
    const said = z.strictObject({ ok: z.literal(true), user: z.literal('freddo'), said: z.string() });
    read(said, await register('pass-w0rd-of-freddo'));
    const [again, reset] = await Promise.all([
      register('pass-w0rd-of-freddo'),
      ask('password-reset', '--username', 'freddo'),
    ]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('That username is taken');
    expect(again.stderr).not.toContain('pass-w0rd');
    expect(read(said, reset).said).toContain('check your email');
  });
});

test('fact 3: what lies before the first data of the model is cut without a word, and told as missing', async () => {
  const { ask } = await openApi();
  const ended = await ask('historical', ...north, '--from', '2019-12-31T23:45Z', '--to', '2020-01-01T00:15Z');
  expect(read(z.looseObject({}), ended)).toMatchObject({
    expected: 6,
    received: 3,
    missing: [{ start: '2019-12-31T23:45:00Z', end: '2020-01-01T00:00:00Z' }],
  });
  expect(ended.stderr).toContain('3 of 6 points did not come, in one stretch from 2019-12-31T23:45:00Z');
});

test('its requests count in the budget that the runs of this folder share, logins in their own besides', async () => {
  const { apis, cwd, askApart } = await openApi();
  await askApart('index', ...north);
  const permits = await openSqlitePermits(join(cwd, '.wattlift/ledger.db'));
  const counted = async (budget: string): Promise<number> => {
    let count = 0;
    const decide: PermitAsk['decide'] = ({ permits: held }) => {
      count = held.length;
      return false;
    };
    const at = Date.now();
    await permits.grant([{ budget, owner: 'this test', since: undefined, at, endsAt: at + 1, decide }]);
    return count;
  };
  const key = `${apis.watttimeUrl} ${String(apis.env['WATTTIME_USER'])}`;
  expect([await counted(key), await counted(`${key} login`)]).toEqual([2, 1]);
  await permits.close();
});

test('forecasts are stored beside the history, and what is there is not asked again', async () => {
  const { apis, cwd, askApart } = await openApi();
  const window = ['--from', '2025-01-01', '--to', '2025-01-03T06:00Z', '--horizon-hours', '1', '--store'];
  const first = await askApart('forecast-history', ...north, ...window);
  const second = await askApart('forecast-history', ...north, ...window);
  const document = z.looseObject({ requests: z.number(), held: z.number(), expected: z.number() });
  expect(read(document, first)).toMatchObject({ requests: 3, held: 648, expected: 648 });
  expect(read(document, second)).toMatchObject({ requests: 0, held: 648, expected: 648 });
  expect(apis.arrived.filter((operation) => operation.startsWith('forecast'))).toHaveLength(3);
  const files = filesBelow(join(cwd, '.wattlift')).filter((name) => name.endsWith('.parquet'));
  expect(files).toEqual([join(cwd, '.wattlift/moer-forecasts/co2_moer/CAISO_NORTH/2025-01.parquet')]);
});

describe('what cannot be asked', () => {
  test('fact 7: swapped coordinates are said, before anything is sent where they can only be that', async () => {
    const { apis, ask } = await openApi();
    const [impossible, possible] = await Promise.all([
      ask('region', '--latitude', '-91.5813', '--longitude', '41.4797'),
      ask('region', '--latitude', '2.3', '--longitude', '48.8'),
    ]);
    expect(impossible).toMatchObject({ code: 2, stdout: '' });
    expect(impossible.stderr).toContain('is it latitude 41.4797, longitude -91.5813? Nothing was sent');
    expect(possible).toMatchObject({ code: 2, stdout: '' });
    expect(possible.stderr).toContain('the two look swapped: latitude 48.8, longitude 2.3 is FR (France)');
    expect(apis.arrived.filter((operation) => operation !== 'login')).toHaveLength(2);
  });

  test('refused and absent credentials exit 3; a region outside the plan too; each says what to do', async () => {
    const { apis, cwd, ask } = await openApi();
    const env = { ...apis.env, WATTTIME_PASSWORD: 'wrong' };
    const [wrong, none, outside] = await Promise.all([
      runWattlift(['watttime', 'login'], { cwd, env }),
      runWattlift(['watttime', 'login'], { cwd }),
      ask('historical', '--region', 'NOWHERE', '--from', 'P1D', '--out', 'none.json'),
    ]);
    expect([wrong.code, none.code, outside.code]).toEqual([3, 3, 3]);
    expect(wrong.stderr).toContain('check WATTTIME_USER and WATTTIME_PASSWORD');
    expect(none.stderr).toContain('not set: WATTTIME_USER, WATTTIME_PASSWORD');
    expect(outside.stderr).toContain('the plan of this account does not cover region NOWHERE');
    expect(filesBelow(cwd).filter((name) => name.endsWith('.json'))).toEqual([]);
  });
});
