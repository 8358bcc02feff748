import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSandboxState } from '../../src/sandbox/read-state.ts';
import { readPlan, readRun } from './documents.ts';
import { copyDemonstration, createFolder, filesBelow } from './folders.ts';
import { call } from './in-process.ts';
import { credentials } from './portfolios.ts';
import { runWattlift, startWattlift, until } from './wattlift.ts';

test('the whole pipeline runs against APIs that only the environment names', async () => {
  const cwd = createFolder();
  copyDemonstration(cwd);
  const served = startWattlift(['sandbox', '--state', 'apis.db', '--log-level', 'debug'], { cwd });
  await until('the sandbox serves', () => served.printed().stdout.split('\n').length > 2);
  // What it prints can be put into the environment as it is.
  const addresses = Object.fromEntries(
    served
      .printed()
      .stdout.trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(Object.keys(addresses)).toEqual(['WATTTIME_API_URL', 'WATTCARBON_API_URL']);
  const env = { ...credentials, ...addresses };

  const run = await runWattlift(['run', '--json'], { cwd, env });
  expect(run.code).toBe(0);
  expect(readRun(run).sites).toEqual({ total: 14, done: 14, failed: 0, uncertain: 0, waiting: 0 });
  const plan = readPlan(await call(cwd, ['plan', '@', '--json'], { env }));
  expect(plan.requests).toEqual({ watttime: 0, wattcarbon: 0 });
  for (const { source } of plan.endpoints)
    expect(source).toBe(`openapi (${String(addresses['WATTCARBON_API_URL'])}/openapi.json)`);
  const again = readRun(await call(cwd, ['run', '@', '--json'], { env }));
  expect([again.requests.watttime.total, again.requests.wattcarbon.total]).toEqual([0, 0]);
  expect(filesBelow(join(cwd, '.wattlift')).some((file) => file.includes('sandbox'))).toBe(false);
  expect(filesBelow(join(cwd, '.wattlift/moer')).length).toBe(3 * 12);

  served.child.kill('SIGINT');
  expect((await served.ended).code).toBe(0);
  const state = await readSandboxState(join(cwd, 'apis.db'));
  expect([state.meters, state.assets, state.documents].map(({ length }) => length)).toEqual([16, 14, 2]);
  expect(new Set(state.assets.map(({ account }) => account))).toEqual(new Set(['acme']));
});
