import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdStore } from '../../src/ledger/hold-store.ts';
import type { FaultHook } from '../../src/sandbox/serve/fault.ts';
import { serveApis } from './apis.ts';
import { readRun, readStatus } from './documents.ts';
import { createFolder } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import { readLog, runWattlift, startWattlift, until } from './wattlift.ts';

const hangOnMoer: FaultHook = ({ operation }) => (operation === 'historical' ? { kind: 'hang' } : undefined);

test('4: a second run on the ledger ends at once and says who holds it; a killed one holds nothing', async () => {
  const apis = await serveApis(hangOnMoer);
  const cwd = createFolder();
  writePipeline(cwd, [site('A'), site('B', 1)], { watttime: { timeout: 'PT60S' } });
  const first = startWattlift(['run', 'pipeline.yaml'], { cwd, env: apis.env });
  await until('the first run waits for WattTime', () => apis.arrived.includes('historical'));
  await until('both assets are made', () => apis.state().assets.length === 2);

  const asked = apis.arrived.length;
  const startedMs = performance.now();
  const second = await runWattlift(['run', '--json'], { cwd, env: apis.env });
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(second.code).toBe(4);
  expect(readRun(second)).toMatchObject({ exitCode: 4, sites: { total: 0 }, error: { code: 'ledger.held' } });
  const [line] = readLog(second);
  expect(line).toMatchObject({ level: 50, code: 'ledger.held' });
  for (const part of [`process ${String(first.child.pid)} on ${hostname()}`, '"wattlift run pipeline.yaml"'])
    expect(line?.msg).toContain(part);
  expect(apis.arrived).toHaveLength(asked);

  // Looking is free meanwhile.
  expect(await call(cwd, ['plan', '@'], { env: apis.env })).toMatchObject({ code: 0 });
  const { sites } = readStatus(await call(cwd, ['status', '@', '--json']));
  expect(sites.map(({ steps }) => steps['asset']?.state)).toEqual(['done', 'done']);

  first.child.kill('SIGKILL');
  expect(await first.ended).toMatchObject({ code: 'SIGKILL' });
  apis.setFault(undefined);
  const next = await call(cwd, ['run', '@', '--json'], { env: apis.env });
  expect(next.code).toBe(0);
  expect(readRun(next).steps).toMatchObject({ asset: { done: 0, skipped: 2 }, moer: { done: 1 } });
  expect([apis.state().meters.length, apis.state().assets.length, apis.state().uploads.length]).toEqual([2, 2, 2]);
});

test('a rehearsal does not wait for a real run', async () => {
  const apis = await serveApis(hangOnMoer);
  const cwd = createFolder();
  writePipeline(cwd, [site('A')], { watttime: { timeout: 'PT60S' } });
  startWattlift(['run'], { cwd, env: apis.env });
  await until('the real run waits for WattTime', () => apis.arrived.includes('historical'));
  const asked = apis.arrived.length;
  expect(await call(cwd, ['run', '@', '--sandbox'], { env: apis.env })).toMatchObject({ code: 0 });
  expect(apis.arrived).toHaveLength(asked);
});

test('4: a dataset that a run with another ledger adds to is left alone, and nothing is sent', async () => {
  const apis = await serveApis();
  const cwd = createFolder();
  writePipeline(cwd, [site('A')]);
  const letGo = await holdStore(join(cwd, '.wattlift', 'moer'));
  const refused = await call(cwd, ['run', '@', '--json'], { env: apis.env });
  expect(refused.code).toBe(4);
  expect(readRun(refused)).toMatchObject({ exitCode: 4, error: { code: 'store.held' } });
  expect(apis.arrived).toEqual([]);
  const others = await call(cwd, ['run', '@', '--only', 'meter', '--json'], { env: apis.env });
  letGo();
  expect(others.code).toBe(0);
});
