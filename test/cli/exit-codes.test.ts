import { describe, expect, test } from 'vitest';
import { serveApis, serveNobody, type Apis } from './apis.ts';
import { readPlan, readRun, readStatus } from './documents.ts';
import { createFolder, writeFile } from './folders.ts';
import { credentials, site, writePipeline } from './portfolios.ts';
import { call } from './in-process.ts';
import { readLog, runWattlift, type Ended } from './wattlift.ts';

const brokenReadings = 'start_datetime,energy_kwh\n2025-01-01T00:00:00Z,many\n';

function portfolioOf(...ids: readonly string[]): string {
  const cwd = createFolder();
  writePipeline(
    cwd,
    ids.map((id, n) => site(id, n)),
  );
  return cwd;
}

/** Whose assets there are. */
function assetsOf(apis: Apis): readonly string[] {
  return apis
    .state()
    .assets.map(({ fields: { customId } }) => (typeof customId === 'string' ? customId : ''))
    .sort();
}

describe('1: some sites failed, the rest is done', () => {
  test('a site with a bad meter file sends nothing, and the others are finished', async () => {
    const apis = await serveApis();
    const cwd = portfolioOf('A', 'B', 'C');
    writeFile(cwd, 'meters/B.csv', brokenReadings);
    const check = await call(cwd, ['check', '@'], { env: apis.env });
    expect(check.code).toBe(2);
    expect(check.stdout).toMatch(/^meters\/B\.csv:2:22 error meter\.\S+ {2}.*\n3 sites, 1 error, 0 warnings\n$/m);

    const plan = await call(cwd, ['plan', '@', '--json'], { env: apis.env });
    expect(plan.code).toBe(1);
    expect(readPlan(plan).steps['meter']).toMatchObject({ do: 2 });
    expect(readLog(plan)).toMatchObject([{ level: 50, file: 'meters/B.csv', line: 2, site: 'B' }]);

    const run = await runWattlift(['run', '--json'], { cwd, env: apis.env });
    expect(run.code).toBe(1);
    const { sites, failures } = readRun(run);
    expect(sites).toEqual({ total: 3, done: 2, failed: 1, uncertain: 0, waiting: 0 });
    expect(failures).toMatchObject([{ site: 'B', message: expect.stringContaining('meters/B.csv:2') }]);
    expect(readLog(run)).toContainEqual(expect.objectContaining({ level: 50, site: 'B', code: failures[0]?.code }));
    expect(assetsOf(apis)).toEqual(['A', 'C']);
    expect(apis.state().meters).toHaveLength(2);

    const { sites: known } = readStatus(await call(cwd, ['status', '@', '--json']));
    expect(known.map(({ id }) => id)).toEqual(['B', 'A', 'C']);
    expect(Object.values(known[0]?.steps ?? {}).some(({ error }) => error?.code === failures[0]?.code)).toBe(true);
    const { stdout } = await call(cwd, ['status', '@']);
    expect(stdout).toMatch(/^site .*\nB .*failed/);

    // Mended, it is taken up; what was done is not done again.
    writePipeline(cwd, [site('A'), site('B', 1), site('C', 2)]);
    const mended = readRun(await call(cwd, ['run', '@', '--json'], { env: apis.env }));
    expect(mended.sites).toEqual({ total: 3, done: 3, failed: 0, uncertain: 0, waiting: 0 });
    expect(mended.steps['asset']).toMatchObject({ done: 1, skipped: 2 });
  });

  test('a site waits for a step that was not selected', async () => {
    const apis = await serveApis();
    const cwd = portfolioOf('A');
    const only = async (steps: string): Promise<Ended> =>
      call(cwd, ['run', '@', '--json', '--only', steps], { env: apis.env });

    const asset = await only('asset');
    expect(asset.code).toBe(1);
    expect(readRun(asset).steps).toEqual({ asset: { done: 0, skipped: 0, failed: 0, uncertain: 0, waiting: 1 } });
    expect(apis.state().assets).toEqual([]);

    const region = await only('region');
    expect(region.code).toBe(0);
    expect(readRun(region).requests).toMatchObject({ watttime: { total: 2 }, wattcarbon: { total: 0 } });
    const meter = await only('meter');
    expect(meter.code).toBe(0);
    expect(readRun(meter).requests.watttime.total).toBe(0);
    expect((await only('upload, asset')).code).toBe(0);
    expect(assetsOf(apis)).toEqual(['A']);
  });

  test('--fail-fast takes no further site', async () => {
    const apis = await serveApis();
    const cwd = portfolioOf('A', 'B', 'C', 'D', 'E', 'F');
    writeFile(cwd, 'meters/A.csv', brokenReadings);
    const run = await call(cwd, ['run', '@', '--fail-fast', '--concurrency', '1'], { env: apis.env });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('stopped at the first failure');
    expect(apis.state().assets.length).toBeLessThan(3);
    expect(await call(cwd, ['run', '@', '--site', '[B-F]'], { env: apis.env })).toMatchObject({ code: 0 });
    expect(assetsOf(apis)).toEqual(['B', 'C', 'D', 'E', 'F']);
  });

  test('what WattCarbon cannot say of itself today stops its own steps only, and is no mistake in the input', async () => {
    const apis = await serveApis(({ path }) =>
      path === '/openapi.json' ? { kind: 'status', status: 503 } : undefined,
    );
    const run = await call(portfolioOf('A'), ['run', '@', '--json'], { env: apis.env });
    expect(run.code).toBe(1);
    expect(readRun(run)).toMatchObject({
      steps: { region: { done: 1 }, meter: { done: 0, failed: 0, waiting: 1 } },
      failures: [{ site: '', step: 'wattcarbon', code: 'wattcarbon.outage' }],
    });
    expect(apis.state().meters).toEqual([]);
  });
});

describe('2: an error in the manifest stops everything', () => {
  test('a missing meter file included', async () => {
    const nobody = await serveNobody();
    const cwd = portfolioOf('A', 'B');
    writePipeline(cwd, [
      site('A'),
      site('B', 1, { meters: [{ id: 'main', type: 'electricity', data: 'nowhere.csv' }] }),
    ]);
    const run = await call(cwd, ['run', '@', '--json'], { env: nobody.env });
    expect(run.code).toBe(2);
    expect(run.stdout).toBe((await call(cwd, ['check', '@', '--json'], { env: nobody.env })).stdout);
    expect(run.stdout).toContain('nowhere.csv');
    expect(nobody.connections()).toBe(0);
    nobody.close();
  });

  test('a write that only a guess describes is not tried', async () => {
    const apis = await serveApis(({ path }) =>
      path === '/openapi.json' || path === '/' ? { kind: 'status', status: 404 } : undefined,
    );
    const cwd = portfolioOf('A');
    const run = await runWattlift(['run', '--json'], { cwd, env: apis.env });
    expect(readRun(run)).toMatchObject({ exitCode: 2, error: { code: 'wattcarbon.endpoint-unverified' } });
    expect(run.code).toBe(2);
    expect(readLog(run).at(-1)).toMatchObject({ level: 50, code: 'wattcarbon.endpoint-unverified' });
    expect(run.stderr).toContain('allowUnverifiedEndpoints');
    expect(apis.state()).toMatchObject({ meters: [], assets: [], documents: [], uploads: [] });
    const { endpoints } = readPlan(await call(cwd, ['plan', '@', '--json'], { env: apis.env }));
    expect(endpoints.filter(({ source }) => source.includes('unverified')).length).toBeGreaterThan(0);

    writePipeline(cwd, [site('A')], { wattcarbon: { allowUnverifiedEndpoints: true } });
    expect(await call(cwd, ['run', '@'], { env: apis.env })).toMatchObject({ code: 0 });
    expect(assetsOf(apis)).toEqual(['A']);
  });
});

describe('3: credentials', () => {
  test('that are not set are all named, before anything is sent', async () => {
    const nobody = await serveNobody();
    const cwd = portfolioOf('A');
    const { WATTTIME_API_URL, WATTCARBON_API_URL } = nobody.env;
    const run = await runWattlift(['run'], { cwd, env: { WATTTIME_API_URL, WATTCARBON_API_URL } });
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(readLog(run)).toMatchObject([{ level: 50, code: 'credentials.missing' }]);
    for (const name of Object.keys(credentials)) expect(run.stderr).toContain(name);

    // Only those that the selected steps need.
    const region = await call(cwd, ['run', '@', '--only', 'region'], { env: { ...nobody.env, WATTTIME_PASSWORD: '' } });
    expect(region.code).toBe(3);
    expect(region.stderr).toContain('not set: WATTTIME_PASSWORD;');
    expect(nobody.connections()).toBe(0);
    nobody.close();
  });

  test.each(['WATTTIME_PASSWORD', 'WATTCARBON_API_KEY'])('that are refused (%s) end the run', async (name) => {
    const apis = await serveApis();
    const cwd = portfolioOf('A', 'B', 'C');
    const run = await call(cwd, ['run', '@', '--json'], { env: { ...apis.env, [name]: 'wrong' } });
    expect(run.code).toBe(3);
    readRun(run);
    const api = name.startsWith('WATTTIME') ? 'watttime' : 'wattcarbon';
    expect(readLog(run).at(-1)).toMatchObject({ level: 50, code: `${api}.credentials-refused` });
    // A refused login is not tried again for each site.
    expect(apis.arrived.filter((operation) => /login|token/.test(operation)).length).toBeLessThanOrEqual(2);
    expect(await call(cwd, ['run', '@', '--sandbox'], { env: { [name]: 'wrong' } })).toMatchObject({ code: 3 });
    expect(await call(cwd, ['run', '@'], { env: apis.env })).toMatchObject({ code: 0 });
    expect(assetsOf(apis)).toEqual(['A', 'B', 'C']);
  });

  test('that lack a permission fail what needs it, and the code is 3 even where other sites failed for less', async () => {
    const apis = await serveApis(({ operation }) =>
      operation === 'create_asset' ? { kind: 'status', status: 403 } : undefined,
    );
    const cwd = portfolioOf('A', 'B');
    writeFile(cwd, 'meters/B.csv', brokenReadings);
    const run = await call(cwd, ['run', '@', '--json'], { env: apis.env });
    expect(run.code).toBe(3);
    const { steps, failures } = readRun(run);
    expect(steps['upload']).toMatchObject({ done: 1 });
    expect(failures).toContainEqual(
      expect.objectContaining({ site: 'A', step: 'asset', code: 'wattcarbon.forbidden' }),
    );
  });
});

describe('5: a creation is uncertain', () => {
  test('an upload whose answer was lost cannot be sent again where the API appends', async () => {
    const apis = await serveApis(({ operation }) => (operation.includes('intervals') ? { kind: 'lost' } : undefined));
    const cwd = createFolder();
    const sites = [site('A'), site('B', 1)];
    writePipeline(cwd, sites, { wattcarbon: { reupload: 'append' } });
    writeFile(cwd, 'meters/B.csv', brokenReadings);
    const run = await runWattlift(['run', '--json'], { cwd, env: apis.env });
    expect(run.code).toBe(5);
    const { sites: counts, failures } = readRun(run);
    expect(counts).toEqual({ total: 2, done: 0, failed: 1, uncertain: 1, waiting: 0 });
    expect(failures).toContainEqual(expect.objectContaining({ site: 'A', code: 'upload.uncertain' }));
    expect(apis.state().uploads).toHaveLength(1);

    // Run again: it stays uncertain and sends nothing, until a person says so.
    apis.setFault(undefined);
    expect((await call(cwd, ['run', '@'], { env: apis.env })).code).toBe(5);
    expect(apis.state().uploads).toHaveLength(1);
    const { sites: known } = readStatus(await call(cwd, ['status', '@', '--json']));
    expect(known.find(({ id }) => id === 'A')?.steps['upload']?.state).toBe('uncertain');
    writePipeline(cwd, sites, { wattcarbon: { reupload: 'append' } });
    expect((await call(cwd, ['run', '@', '--retry-uncertain'], { env: apis.env })).code).toBe(0);
    expect(apis.state().uploads).toHaveLength(3);
  });
});
