import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serveApis } from './apis.ts';
import { readRun, readStatus } from './documents.ts';
import { createFolder } from './folders.ts';
import { call } from './in-process.ts';
import { readings, site, writePipeline } from './portfolios.ts';

/** A port that no request is ever sent to (https://fetch.spec.whatwg.org/#port-blocking), so that nobody waits. */
const nobody = 'http://127.0.0.1:9';

const counted = { done: 0, skipped: 0, failed: 0, uncertain: 0, waiting: 0 };

test('sites whose steps need WattCarbon wait while it cannot be reached, and the others are done', async () => {
  const apis = await serveApis();
  const cwd = createFolder();
  writePipeline(cwd, [site('A'), site('B', 1, { meters: undefined, asset: undefined })]);
  const away = { env: { ...apis.env, WATTCARBON_API_URL: nobody } };
  const ended = await call(cwd, ['run', '@', '--json'], away);
  expect(ended.code).toBe(1);
  const { sites, steps, failures } = readRun(ended);
  expect(sites).toEqual({ total: 2, done: 1, failed: 0, uncertain: 0, waiting: 1 });
  expect(steps).toMatchObject({
    meter: { ...counted, waiting: 1 },
    upload: { ...counted, waiting: 1 },
    asset: { ...counted, waiting: 1 },
    moer: { ...counted, done: 1 },
  });
  expect(failures).toMatchObject([{ site: '', step: 'wattcarbon', code: 'wattcarbon.unsent' }]);
  const { lastRun } = readStatus(await call(cwd, ['status', '@', '--json']));
  expect(lastRun).toMatchObject({ sites, exitCode: 1, unreachable: { code: 'wattcarbon.unsent' } });
  expect((await call(cwd, ['run', '@'], away)).stdout).toMatch(/\n2 sites in .*: 1 done, 1 waiting\n$/);
  const { stdout } = await call(cwd, ['status', '@']);
  expect(stdout).toMatch(
    /\nlast run, .*: 2 sites, 1 done, 1 waiting; exit code 1\nnothing could be asked of WattCarbon: /,
  );
  expect(readRun(await call(cwd, ['run', '@', '--json'], { env: apis.env })).sites).toMatchObject({ done: 2 });
});

test('what is done stays done while WattCarbon cannot be reached; what has changed waits for it and is sent then', async () => {
  const apis = await serveApis();
  const cwd = createFolder();
  const sites = (nameplateCapacityKw: number, location = '7 Ella St Riverside IA 52327') => [
    site('A', 0, { asset: { kind: 'solar', commencedOperationDate: '2022-08-01', nameplateCapacityKw } }),
    site('B'),
    site('C'),
    site('D', 0, { location }),
  ];
  writePipeline(cwd, sites(5));
  expect(await call(cwd, ['run', '@'], { env: apis.env })).toMatchObject({ code: 0 });

  // Another address of the description: nothing is kept of it, and nobody can say how WattCarbon is called.
  const elsewhere = '9 Ella St Riverside IA 52327';
  writePipeline(cwd, sites(6, elsewhere), { wattcarbon: { openapi: `${nobody}/openapi.json` } });
  writeFileSync(join(cwd, 'meters/B.csv'), readings(7));
  const asked = apis.arrived.length;
  const ended = readRun(await call(cwd, ['run', '@', '--json'], { env: apis.env }));
  expect(ended.sites).toEqual({ total: 4, done: 1, failed: 1, uncertain: 0, waiting: 2 });
  expect(ended.steps).toMatchObject({
    meter: { ...counted, skipped: 3, failed: 1 },
    upload: { ...counted, skipped: 3, waiting: 1 },
    asset: { ...counted, skipped: 2, waiting: 2 },
  });
  // No operation changes a meter: for that nobody needs to be asked.
  expect(ended.failures).toMatchObject([{ code: 'wattcarbon.unsent' }, { site: 'D', code: 'meter.drift' }]);
  expect(ended.exitCode).toBe(1);
  expect(apis.arrived).toHaveLength(asked);

  // Now it can be told that no operation changes an asset.
  writePipeline(cwd, sites(6));
  writeFileSync(join(cwd, 'meters/B.csv'), readings(7));
  const back = readRun(await call(cwd, ['run', '@', '--json'], { env: apis.env }));
  expect(back.sites).toMatchObject({ done: 3, failed: 1, waiting: 0 });
  expect(back.steps).toMatchObject({ upload: { done: 1, skipped: 3 }, asset: { failed: 1, skipped: 3 } });
});

test('a site whose change nobody can explain fails alone: the others go on', async () => {
  const apis = await serveApis();
  const cwd = createFolder();
  const account = '/accounts/{account_id}';
  const byHand = {
    create_meter: { path: `${account}/meters` },
    upload_meter_intervals: { path: `${account}/meters/{meter_id}/intervals` },
    upload_meter_bills: { path: `${account}/meters/{meter_id}/bills` },
    upload_asset_document: { path: `${account}/assets/{asset_id}/documents` },
  };
  writePipeline(cwd, [site('A')], { wattcarbon: { openapi: 'off', endpoints: byHand } });
  expect(await call(cwd, ['run', '@'], { env: apis.env })).toMatchObject({ code: 0 });
  const changed = site('A', 0, { asset: { kind: 'solar', nameplateCapacityKw: 50 } });
  const elsewhere = { openapi: `${nobody}/openapi.json`, endpoints: byHand };
  const other = site('B', 1, { meters: undefined, asset: undefined });
  writePipeline(cwd, [changed, other], { wattcarbon: elsewhere });
  const ended = readRun(await call(cwd, ['run', '@', '--json', '--concurrency', '1'], { env: apis.env }));
  expect(ended).toMatchObject({ sites: { total: 2, done: 1, failed: 1 }, exitCode: 1 });
  expect(ended.error).toBeUndefined();
  expect(ended.failures).toMatchObject([{ site: 'A', step: 'asset', code: 'wattcarbon.unsent' }]);
});
