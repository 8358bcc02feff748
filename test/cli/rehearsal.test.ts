import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSandboxState } from '../../src/sandbox/read-state.ts';
import { readPlan, readRun, readStatus } from './documents.ts';
import { copyDemonstration, createFolder, createSharedFolder } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import { readLog, runWattlift, type Ended } from './wattlift.ts';

const { folder, remove } = createSharedFolder();
const stepNames = ['region', 'meter', 'upload', 'asset', 'events', 'moer'];
const wattlift = (verb: string, ...words: readonly string[]): Promise<Ended> => call(folder, [verb, '@', ...words]);

/** The demonstration, planned, run, planned and run again. */
let planned: Ended, dryRun: Ended, first: Ended, plannedAgain: Ended, second: Ended;

beforeAll(async () => {
  copyDemonstration(folder);
  [planned, dryRun] = await Promise.all([
    wattlift('plan', '--sandbox', '--json'),
    wattlift('run', '--dry-run', '--sandbox', '--json'),
  ]);
  first = await runWattlift(['run', '--sandbox', '--json'], { cwd: folder });
  plannedAgain = await wattlift('plan', '--sandbox', '--json');
  second = await wattlift('run', '--sandbox', '--json');
});

afterAll(remove);

describe('npm start', () => {
  test('takes every site of pipeline.yaml through all six steps', async () => {
    expect(first.code).toBe(0);
    const { sites, steps, requests, failures } = readRun(first);
    expect(sites).toEqual({ total: 14, done: 14, failed: 0, uncertain: 0, waiting: 0 });
    expect(Object.keys(steps)).toEqual(stepNames);
    const counts = Object.entries(steps).map(([step, { done }]) => [step, done]);
    expect(Object.fromEntries(counts)).toEqual({ region: 14, meter: 16, upload: 47, asset: 14, events: 2, moer: 3 });
    for (const { skipped, failed, uncertain, waiting } of Object.values(steps))
      expect([skipped, failed, uncertain, waiting]).toEqual([0, 0, 0, 0]);
    expect(requests.watttime).toMatchObject({ retries: 0, limited: 0 });
    expect(requests.wattcarbon).toMatchObject({ retries: 0, limited: 0 });
    expect(failures).toEqual([]);
    const state = await readSandboxState(join(folder, '.wattlift/sandbox/state.db'));
    expect(state.requests['watttime.historical']?.total).toBe(3 * 12);
    expect([state.meters, state.assets, state.documents].map(({ length }) => length)).toEqual([16, 14, 2]);
  });

  test('a second run skips every step and sends nothing', () => {
    expect(second.code).toBe(0);
    const { sites, steps, requests } = readRun(second);
    expect(sites).toEqual({ total: 14, done: 14, failed: 0, uncertain: 0, waiting: 0 });
    for (const [step, { done, skipped }] of Object.entries(steps)) {
      expect(done).toBe(0);
      expect(skipped).toBe(readRun(first).steps[step]?.done);
    }
    expect([requests.watttime.total, requests.wattcarbon.total]).toEqual([0, 0]);
  });

  test('ends with a table and one sentence for a person', async () => {
    const { code, stdout } = await wattlift('run', '--sandbox');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^step +done +skipped +failed +uncertain +waiting\nregion +0 +14 +0 +0 +0\n/);
    expect(stdout).toMatch(/\n14 sites in \d+ s: all done\n$/);
    expect(stdout).toContain('MOER 2025-01-01T00:00:00.000Z to 2026-01-01T00:00:00.000Z in .wattlift/sandbox/moer\n');
  });
});

describe('plan', () => {
  test('says before the run what the run then does', () => {
    expect(planned.code).toBe(0);
    const plan = readPlan(planned);
    const run = readRun(first);
    expect(plan.sites).toBe(14);
    expect(Object.keys(plan.steps)).toEqual(stepNames);
    for (const step of ['region', 'meter', 'upload', 'asset', 'events'])
      expect(plan.steps[step]).toEqual({ do: run.steps[step]?.done, done: 0, waiting: 0 });
    // How the check of key and account goes is not known before the API's description is.
    for (const api of ['watttime', 'wattcarbon'] as const) {
      expect(plan.requests[api]).toBeLessThanOrEqual(run.requests[api].total);
      expect(plan.requestsAtMost[api]).toBeGreaterThanOrEqual(run.requests[api].total);
    }
    expect(plan.requestsAtMost.wattcarbon - plan.requests.wattcarbon).toBe(2);
    expect(plan.endpoints).toContainEqual({
      operation: 'Meters-create_meter',
      method: 'POST',
      path: '/accounts/{account_id}/meters',
      source: expect.stringMatching(/./),
    });
  });

  test('is what run --dry-run prints', () => {
    expect(dryRun).toEqual(planned);
  });

  test('finds nothing to do after the run', async () => {
    const { steps, requests, requestsAtMost, minimumSeconds } = readPlan(plannedAgain);
    for (const counts of Object.values(steps)) expect(counts).toMatchObject({ do: 0, waiting: 0 });
    for (const asked of [requests, requestsAtMost]) expect(asked).toEqual({ watttime: 0, wattcarbon: 0 });
    expect(minimumSeconds).toBe(0);
    expect((await wattlift('plan', '--sandbox')).stdout).toContain('\nnothing to do\n');
  });

  test('knows the requests exactly once regions and operations are known', async () => {
    const cwd = createFolder();
    const austin = { coordinates: { latitude: 30.2638, longitude: -97.7443 } };
    writePipeline(cwd, [site('A'), site('B', 1), site('C', 2, austin)], {
      moer: { from: '2025-01-01', to: '2025-04-01' },
    });
    expect(await call(cwd, ['run', '@', '--sandbox', '--only', 'region'])).toMatchObject({ code: 0 });
    expect(await call(cwd, ['run', '@', '--sandbox', '--only', 'meter', '--site', 'A'])).toMatchObject({
      code: 0,
    });
    const { requests, requestsAtMost } = readPlan(await call(cwd, ['plan', '@', '--sandbox', '--json']));
    const run = readRun(await call(cwd, ['run', '@', '--sandbox', '--json']));
    expect(requests).toEqual({ watttime: run.requests.watttime.total, wattcarbon: run.requests.wattcarbon.total });
    expect(requestsAtMost).toEqual(requests);
    expect(run.requests.watttime.total).toBe(1 + 2 * 3);

    rmSync(join(cwd, '.wattlift/sandbox'), { recursive: true });
    const anew = readPlan(await call(cwd, ['plan', '@', '--sandbox', '--json']));
    expect(anew.steps).toMatchObject({ region: { do: 2, done: 0 }, meter: { do: 3, done: 0 } });
  });

  test('lists every site with --explain', async () => {
    const { stdout } = await wattlift('plan', '--sandbox', '--explain', '--site', 'SP123');
    expect(stdout).toMatch(/^SP123 region co2_moer: done\nSP123 meter main: done\nSP123 upload main\/2025-03: done\n/);
  });

  test('takes a selection, like run', async () => {
    const { sites, steps } = readPlan(await wattlift('plan', '--json', '--site', 'IA-*', '--only', 'meter,asset'));
    expect(sites).toBe(4);
    expect(Object.keys(steps)).toEqual(['meter', 'asset']);
    expect(steps['meter']).toEqual({ do: 5, done: 0, waiting: 0 });
  });
});

describe('status', () => {
  test('--json gives every site with its steps, ids and parts', async () => {
    const ended = await wattlift('status', '--sandbox', '--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { sites } = readStatus(ended);
    expect(sites).toHaveLength(14);
    const house = sites.find(({ id }) => id === 'IA-HOUSE-21');
    expect(Object.keys(house?.steps ?? {})).toEqual(['region', 'meter', 'upload', 'asset', 'moer']);
    expect(house?.steps['region']?.learned).toMatchObject([
      { signal: 'co2_moer', result: { region: 'MISO_MASON_CITY' } },
    ]);
    expect(house?.steps['asset']).toMatchObject({ state: 'done', remoteId: expect.any(Number) });
    expect(house?.steps['meter']?.items?.map(({ meter }) => meter).sort()).toEqual(['electricity', 'gas']);
    const parts = house?.steps['upload']?.items ?? [];
    expect(parts.filter(({ meter }) => meter === 'electricity').map(({ part }) => part)).toEqual([
      '2024-10',
      '2024-11',
    ]);
  });

  test('is a table for a person, and takes --site', async () => {
    const { code, stdout } = await wattlift('status', '--sandbox', '--site', 'SP*');
    expect(code).toBe(0);
    const row =
      /^site +region +meter +upload +asset +events +moer\nSP123 +MISO\w+ +done #\d+ +2 done +done #\d+ +- +done .*\n\nMOER points +expected +received +missing +where\nMISO\w+ co2_moer +\d+ .*\n\nlast run, .*: 14 sites, 14 done; exit code 0\n$/;
    expect(stdout).toMatch(row);
  });

  test('of the real ledger knows nothing of a rehearsal', async () => {
    expect(readStatus(await wattlift('status', '--json')).sites).toEqual([]);
    expect(await wattlift('status')).toEqual({
      code: 0,
      stdout: 'the ledger holds no site yet; wattlift run fills it\n',
      stderr: '',
    });
  });
});

describe('the log on stderr', () => {
  test('is JSON lines where stderr is no terminal, with the window and how it ended', () => {
    const lines = readLog(first);
    expect(lines[0]).toMatchObject({ level: 30, msg: 'run started', to: '2026-01-01T00:00:00.000Z' });
    expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'run ended', exitCode: 0, sites: { total: 14, done: 14 } });
  });

  test('says nothing at silent, and no more than warnings at warn', async () => {
    const [silent, warn] = await Promise.all([
      wattlift('plan', '--sandbox', '--log-level', 'silent'),
      wattlift('run', '--sandbox', '--log-level', 'warn'),
    ]);
    expect(silent).toMatchObject({ code: 0, stderr: '' });
    expect(readLog(warn).filter(({ level }) => level < 40)).toEqual([]);
  });

  test('says at least as much at debug as at info', async () => {
    const { stderr } = await wattlift('run', '--sandbox', '--json', '--log-level', 'debug');
    expect(readLog({ stderr }).map(({ msg }) => msg)).toEqual(expect.arrayContaining(['run started', 'run ended']));
  });

  test('is text where text is asked for', async () => {
    const { stderr } = await wattlift('run', '--sandbox', '--log-format', 'text', '--log-level', 'info');
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d info run started /);
    expect(stderr).toMatch(/\n\d\d:\d\d:\d\d info run ended .*exitCode=0\n$/);
  });
});
